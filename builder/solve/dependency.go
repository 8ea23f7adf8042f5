package solve

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

var (
	// proxied is a request as BuildKit lists it below a step that failed behind
	// the recording proxy (v0.34).
	proxied = regexp.MustCompile(`^- [A-Z]+ (https?://\S+) -> (\d{3})$`)
	// askedFor and refusedBy are what git says (2.30 to 2.52, in English).
	askedFor  = regexp.MustCompile(`could not read Username for '(https?://[^']+)'`)
	refusedBy = regexp.MustCompile(`Authentication failed for '(https?://[^']+)'`)
	// unknownModule is what the go command says of a module that its proxy or
	// checksum database does not give.
	unknownModule = regexp.MustCompile(`^go: ([\w./~-]+)@\S+: (?:verifying .*)?reading (https?://\S+): 4\d{2} `)
)

// dependencyFailed says which host did not give a package, and which setting
// would change that; nil when the output does not tell.
func dependencyFailed(r Request, tail []string) *slipway.Error {
	for _, line := range tail {
		for _, p := range []*regexp.Regexp{askedFor, refusedBy} {
			if m := p.FindStringSubmatch(line); m != nil {
				return wantsCredentials(r, hostOf(m[1]))
			}
		}
		if m := unknownModule.FindStringSubmatch(line); m != nil {
			return notFoundAt(m[1], hostOf(m[2]))
		}
	}
	host, status := lastRefused(tail)
	switch status {
	case "401", "403":
		return wantsCredentials(r, host)
	case "502":
		return notReached(r.Settings, host)
	case "503", "504":
		return slipway.Errorf(slipway.CodeFailed, "%s answers %s: it is down, or has too much to do", host, status).
			WithHint("build again when it is well; what was fetched is kept")
	}
	return nil
}

// lastRefused finds the host whose requests ended without success.
func lastRefused(tail []string) (host, status string) {
	last := map[string]string{}
	var hosts []string
	for _, line := range tail {
		if m := proxied.FindStringSubmatch(line); m != nil {
			host := hostOf(m[1])
			last[host] = m[2] // a 401 that an answer with credentials follows is how it goes
			hosts = append(hosts, host)
		}
	}
	for _, host := range slices.Backward(hosts) {
		if last[host] == "401" || last[host] == "403" || unanswered(last[host]) {
			return host, last[host]
		}
	}
	return "", ""
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Host
}

func wantsCredentials(r Request, host string) *slipway.Error {
	if r.Plan.Language == slipway.LanguagePython {
		return slipway.Errorf(slipway.CodeFailed, "%s asks for credentials, or refuses those that there are for it", host).WithHint("%s", pythonLogin(host))
	}
	if r.Plan.Language != slipway.LanguageGo {
		return slipway.Errorf(slipway.CodeFailed, "%s asks for other credentials than there are for it, or refuses", host).
			WithHint("give its credentials to this machine's own tools of the language; Slipway takes them over")
	}
	if hasLogin(r.Settings.Netrc, host) {
		return slipway.Errorf(slipway.CodeFailed, "%s refuses the credentials that there are for it", host).
			WithHint("mend what stands behind `machine %s` in the netrc file (~/.netrc, or the one that NETRC names)", bare(host))
	}
	return slipway.Errorf(slipway.CodeFailed, "%s asks for credentials, and there are none for it", host).
		WithHint("write `machine %s login USER password PASSWORD` into the netrc file (~/.netrc, or the one that NETRC names); or have it read over ssh: `git config --global url.ssh://git@%[1]s/.insteadOf https://%[1]s/`", bare(host))
}

// notReached cannot tell a refusal of the gate from a host that is not there
// or whose certificate is not trusted: BuildKit's proxy says 502 to all.
func notReached(s slipway.Settings, host string) *slipway.Error {
	e := slipway.Errorf(slipway.CodeFailed, "%s could not be reached", host)
	if slices.Contains(s.Private, bare(host)) || slices.Contains(s.Private, host) {
		return e.WithHint("is it up, and is its certificate trusted? Give your organisation's CA certificates with SLIPWAY_CA=FILE")
	}
	return e.WithHint("is it up? A host of yours with a private address has to be named: SLIPWAY_PRIVATE_HOSTS=%s; and its CA certificates given: SLIPWAY_CA=FILE", bare(host))
}

func notFoundAt(module, proxy string) *slipway.Error {
	return slipway.Errorf(slipway.CodeFailed, "%s does not give the module %s", proxy, module).
		WithHint("check its name and version; if it is private, say so: GOPRIVATE=%s (`go env -w` keeps it)", ownerOf(module))
}

// ownerOf is the part of a module's path that belongs to one owner: of a
// forge that serves everybody, not the whole host, whose other modules would
// then go past the proxy and the checksum database.
func ownerOf(module string) string {
	host, rest, _ := strings.Cut(module, "/")
	if owner, _, ok := strings.Cut(rest, "/"); ok && slices.Contains([]string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}, host) {
		return host + "/" + owner
	}
	return host
}

// hasLogin tells whether a netrc file has an entry for the host.
func hasLogin(netrc []byte, host string) bool {
	words := strings.Fields(string(netrc))
	for i, word := range words[:max(0, len(words)-1)] {
		if word == "machine" && (words[i+1] == host || words[i+1] == bare(host)) {
			return true
		}
	}
	return false
}

// bare is a host without its port.
func bare(host string) string { return (&url.URL{Host: host}).Hostname() }
