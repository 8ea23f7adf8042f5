package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// suiteOf gives the Debian release of a stack's image by its name, as Debian's
// own and everybody's images say it in their tag: go:1.26.8-bookworm,
// python:3.13-slim-trixie. A name that says nothing is of bookworm.
func suiteOf(image string) string {
	_, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	for part := range strings.SplitSeq(tag, "-") {
		if slices.Contains([]string{"bullseye", "bookworm", "trixie", "forky", "sid"}, part) {
			return part
		}
	}
	return "bookworm"
}

// Where apt finds the organisation's settings in a step; APT_CONFIG names the
// first (apt.conf(5)), which names the second. Where neither is mounted, apt
// uses the image's own.
const (
	aptConfPath    = "/run/slipway/apt.conf"
	aptSourcesPath = "/run/slipway/sources.list"
)

// aptConf makes apt read the organisation's list of archives and nothing else.
func aptConf() []byte {
	return fmt.Appendf(nil, "Dir::Etc::SourceList %q;\nDir::Etc::SourceParts \"/dev/null\";\n", aptSourcesPath)
}

// aptSources lists the archives in apt's one-line form (sources.list(5)). A
// mirror without a security archive of its own is taken to have that below
// the usual name beside it, as complete mirrors do.
func aptSources(m slipway.DebianMirror, suite string) []byte {
	base := strings.TrimSuffix(m.URL, "/")
	security := strings.TrimSuffix(m.Security, "/")
	if security == "" {
		security = strings.TrimSuffix(base, "/debian") + "/debian-security"
	}
	return fmt.Appendf(nil, "deb %s %s main\ndeb %s %s-updates main\ndeb %s %s-security main\n",
		base, suite, base, suite, security, suite)
}
