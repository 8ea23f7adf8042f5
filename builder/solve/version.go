package solve

import (
	"strings"

	"golang.org/x/mod/semver"
)

// tooOld tells whether a daemon's version is known and below minDaemon. A
// daemon built from source may not know its version; it is taken as new.
func tooOld(version string) bool {
	version = strings.TrimSuffix(version, "-dirty")
	return semver.IsValid(version) && !strings.HasPrefix(version, "v0.0.0") && semver.Compare(version, minDaemon) < 0
}
