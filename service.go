package slipway

import (
	"regexp"
	"strconv"
	"strings"
)

// maxLabel is the longest team or service name: an RFC 1123 label, shortened
// so that NAME.TEAM, cache names and tags built from it stay within their
// own limits.
const maxLabel = 40

var label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

// ServiceName names a Service everywhere: image repository, Jenkins job, DNS,
// cache and metric labels are all formed from it, here and nowhere else.
type ServiceName struct {
	Team string
	Name string
}

// ParseServiceName reads "team/name". Each part is an RFC 1123 label of at
// most 40 characters.
func ParseServiceName(s string) (ServiceName, error) {
	team, name, ok := strings.Cut(s, "/")
	if !ok {
		return ServiceName{}, Errorf(CodeUsage, "%q is not a service name", s).
			WithHint("write TEAM/NAME, for example shop/cart")
	}
	for _, part := range []string{team, name} {
		if !ValidLabel(part) {
			return ServiceName{}, Errorf(CodeUsage, "%q in the service name %q is not allowed", part, s).
				WithHint("use lower-case letters, digits and inner hyphens, at most %d characters", maxLabel)
		}
	}
	return ServiceName{Team: team, Name: name}, nil
}

// ValidLabel tells whether s may be a team's or a service's bare name.
func ValidLabel(s string) bool {
	return len(s) <= maxLabel && label.MatchString(s)
}

// RemovedTeam is what a team is called that was removed: still a name, and no
// other team's.
func RemovedTeam(name string, id int64) string {
	end := "-removed-" + strconv.FormatInt(id, 10)
	return strings.TrimRight(name[:min(len(name), maxLabel-len(end))], "-") + end
}

var removedTeam = regexp.MustCompile(`-removed-[0-9]+$`)

// IsRemovedTeam tells whether RemovedTeam gave a name.
func IsRemovedTeam(name string) bool { return ValidLabel(name) && removedTeam.MatchString(name) }

// String gives "team/name", which is also the image repository below the
// registry.
func (n ServiceName) String() string { return n.Team + "/" + n.Name }

// MarshalText is String; the zero name is the empty text.
func (n ServiceName) MarshalText() ([]byte, error) {
	if n == (ServiceName{}) {
		return nil, nil
	}
	return []byte(n.String()), nil
}

// UnmarshalText is ParseServiceName; the empty text is the zero name.
func (n *ServiceName) UnmarshalText(text []byte) (err error) {
	*n = ServiceName{}
	if len(text) > 0 {
		*n, err = ParseServiceName(string(text))
	}
	return err
}
