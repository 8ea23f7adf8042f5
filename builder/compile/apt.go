package compile

import (
	"fmt"
	"strings"

	"github.com/slipway-ci/slipway"
)

// debianSuite is the release that the stacks' build images are made from.
const debianSuite = "bookworm"

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
func aptSources(m slipway.DebianMirror) []byte {
	base := strings.TrimSuffix(m.URL, "/")
	security := strings.TrimSuffix(m.Security, "/")
	if security == "" {
		security = strings.TrimSuffix(base, "/debian") + "/debian-security"
	}
	return fmt.Appendf(nil, "deb %s %s main\ndeb %s %s-updates main\ndeb %s %s-security main\n",
		base, debianSuite, base, debianSuite, security, debianSuite)
}
