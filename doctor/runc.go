package doctor

import (
	"context"
	"strings"
)

// runc wants the program that starts steps, without the known ways out of a
// container. Upstream closed CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881
// in 1.2.8, 1.3.3 and 1.4.0, and CVE-2024-21626 in 1.1.12; distributions carry
// fixes back without changing the number, so an old number is a warning where
// something that is theirs stands behind it.
func (m Machine) runc(ctx context.Context) Finding {
	path, err := m.Look("runc")
	if err != nil {
		return Fail("sudo apt-get install runc", "runc is not on PATH, and it runs the build steps")
	}
	out, err := m.Output(ctx, path, "--version")
	v, ok := ParseRuncVersion(out)
	if err != nil || !ok {
		return Fail("sudo apt-get install --reinstall runc", "%s --version does not say a version: %s", path, firstLine(out, err))
	}
	mend := "sudo apt-get install --only-upgrade runc; then `apt changelog runc` tells whether the fixes are in"
	switch {
	case v.Before(1, 1, 12) && v.Rest == "":
		return Fail("install runc 1.2.8, 1.3.3 or newer", "runc %s lets a build step out of its container (CVE-2024-21626)", v)
	case v.Before(1, 2, 8), v.Minor == 3 && v.Before(1, 3, 3):
		return Warn(mend, "runc %s: unless your distribution carried the fixes back, a malicious build step can get out of its container (CVE-2025-31133, CVE-2025-52565, CVE-2025-52881)", v)
	}
	return OK("runc %s", v)
}

// ParseRuncVersion reads what `runc --version` prints.
func ParseRuncVersion(out string) (v Version, ok bool) {
	for line := range strings.Lines(out) {
		if s, found := strings.CutPrefix(line, "runc version "); found {
			return ParseVersion(strings.TrimSpace(s))
		}
	}
	return Version{}, false
}

// firstLine gives the first line of a program's output, or why there is none.
func firstLine(out string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
	switch {
	case line != "":
		return line
	case err != nil:
		return err.Error()
	default:
		return "it says nothing"
	}
}
