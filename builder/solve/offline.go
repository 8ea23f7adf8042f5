package solve

import (
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

// unresolved are the words of programs for a host whose name nobody answers:
// of Node.js, of curl and git, of Go, and of the C library.
var unresolved = regexp.MustCompile(`getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ([\w.-]+)|Could not resolve host:? '?([\w.-]+)|dial tcp: lookup ([\w.-]+)|Temporary failure in name resolution`)

// offlineHint says of a step without a network what it cannot have; "" where
// it says no such thing.
func offlineHint(p slipway.Plan, tail []string) string {
	m := unresolved.FindStringSubmatch(strings.Join(tail, "\n"))
	if m == nil {
		return ""
	}
	host := strings.Join(m[1:], "")
	if host == "" {
		host = "another host"
	}
	hint := "the step asks for " + host + ", and has no network: commit what it fetches, or let the program fetch it"
	if p.Language == slipway.LanguageNode {
		hint += "; packages of a directory of its own are installed before the build when package.json names it below \"workspaces\""
	}
	return hint
}
