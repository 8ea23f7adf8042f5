package contract

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

const settingsHint = "give certificates, proxies and mirrors to the build step alone, as secret or tmpfs mounts"

// lookSettings finds what a build needed to reach its packages and the
// program must not inherit: certificate authorities, proxies, mirrors.
func lookSettings(s *subject, e entry) {
	if !e.regular() {
		return
	}
	if isCA(e, s.known) {
		s.contents(RuleLean).find(settingsHint, "/%s in layer %d changes which certificate authorities the program trusts", e.name, e.layer)
	}
	if form := settingForms(path.Base(e.name), path.Dir(e.name)); form != nil && form.Match(e.head) {
		s.contents(RuleLean).find(settingsHint, "/%s in layer %d is a proxy or mirror setting of the build", e.name, e.layer)
	}
}

// isCA: above a known run image any change to the trusted authorities is the
// build's; in a whole image only what an administrator added is.
func isCA(e entry, known bool) bool {
	if e.within("usr/local/share/ca-certificates") || e.within("etc/pki/ca-trust/source/anchors") {
		return true
	}
	if !known {
		return false
	}
	return strings.HasSuffix(e.name, "lib/security/cacerts") || slices.ContainsFunc([]string{
		"etc/ssl", "etc/pki", "usr/share/ca-certificates", "etc/ca-certificates", "etc/ca-certificates.conf", "usr/lib/ssl",
	}, e.within)
}

var (
	aptProxy    = regexp.MustCompile(`(?i)Acquire(::|\s*\{).*Proxy`)
	iniRegistry = regexp.MustCompile(`(?im)^\s*(@[^\s:]+:)?(index-url|extra-index-url|proxy|https-proxy|cert|cafile|ca|registry)\s*=`)
	xmlMirror   = regexp.MustCompile(`<(mirror|proxy)>`)
	anyProxy    = regexp.MustCompile(`(?im)^\s*(export\s+)?(https?_?proxy|all_proxy|proxy|cainfo|replace-with)\s*=`)
)

// settingForms gives what makes a file of this name a setting of the build.
func settingForms(base, dir string) *regexp.Regexp {
	switch {
	case base == "apt.conf" || path.Base(dir) == "apt.conf.d":
		return aptProxy
	case slices.Contains([]string{"pip.conf", ".npmrc", "npmrc", ".yarnrc"}, base):
		return iniRegistry
	case base == "settings.xml" && path.Base(dir) == ".m2":
		return xmlMirror
	case base == "environment" && dir == "etc", dir == "etc/profile.d", base == ".curlrc", base == ".wgetrc",
		path.Base(dir) == ".cargo" && strings.HasPrefix(base, "config"):
		return anyProxy
	}
	return nil
}
