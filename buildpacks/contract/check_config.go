package contract

import (
	"net/netip" //nolint:depguard // it reads addresses; it opens nothing
	"regexp"
	"slices"
	"strings"
)

// checkConfig finds what ties the image to one host. Settings of the build
// that stayed in the environment belong to the rule lean.
func checkConfig(s *subject) outcome {
	var o outcome
	const hint = "take it out of the image and give it in the environment of the container"
	for _, kv := range s.file.Config.Env {
		name, value, _ := strings.Cut(kv, "=")
		if name == "HOME" || strings.Contains(strings.ToUpper(name), "VERSION") {
			continue // a directory of the image; four numbers that are no address
		}
		if what := hostThing(value); what != "" {
			o.find(hint, "the variable %s names %s", name, what)
		}
	}
	for _, arg := range slices.Concat(s.file.Config.Entrypoint, s.file.Config.Cmd) {
		if what := hostThing(arg); what != "" {
			o.find(hint, "the argument %q names %s", arg, what)
		}
	}
	return o
}

var (
	addressForm  = regexp.MustCompile(`(^|[^0-9.])([0-9]{1,3}(\.[0-9]{1,3}){3})($|[^0-9.])`)
	hostName     = regexp.MustCompile(`(?i)(^|[^a-z0-9.-])(localhost|host\.docker\.internal|gateway\.docker\.internal)($|[^a-z0-9.-])`)
	hostPath     = regexp.MustCompile(`(^|[=:,\s])((/home|/Users)/[^\s:,]+|/(var/)?run/docker\.sock|[A-Za-z]:\\[^\s]*)`)
	bracketedIP6 = regexp.MustCompile(`\[([0-9a-fA-F:.]+)\]`)
)

// hostThing says what of a host a value names, "" when nothing. An address
// that means "everywhere" (0.0.0.0) and public ones are not a host's own.
func hostThing(value string) string {
	for _, m := range addressForm.FindAllStringSubmatch(value, -1) {
		if isHostAddress(m[2]) {
			return "the host address " + m[2]
		}
	}
	for _, m := range bracketedIP6.FindAllStringSubmatch(value, -1) {
		if isHostAddress(m[1]) {
			return "the host address " + m[1]
		}
	}
	if m := hostName.FindStringSubmatch(value); m != nil {
		return "the host " + m[2]
	}
	if m := hostPath.FindStringSubmatch(value); m != nil {
		return "the host path " + m[2]
	}
	return ""
}

func isHostAddress(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast())
}
