package doctor

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is the leading numbers of a program's or a kernel's version, and
// what stands behind them: "6.1.0-18-amd64" is 6, 1, 0 and "-18-amd64".
// Missing numbers are 0.
type Version struct {
	Major, Minor, Patch int
	Rest                string
}

// ParseVersion reads "1.2", "v1.2.3-rc1" or "6.18.44-x"; ok is false when it
// does not begin with a number and a dot.
func ParseVersion(s string) (v Version, ok bool) {
	s = strings.TrimPrefix(s, "v")
	n := []*int{&v.Major, &v.Minor, &v.Patch}
	for i, p := range n {
		end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(s)
		}
		var err error
		if *p, err = strconv.Atoi(s[:end]); err != nil {
			return Version{}, false
		}
		s = s[end:]
		digitFollows := len(s) > 1 && s[0] == '.' && s[1] >= '0' && s[1] <= '9'
		if i == len(n)-1 || !digitFollows {
			v.Rest = s
			return v, i > 0
		}
		s = s[1:]
	}
	return v, true
}

// Before tells whether v is older than major.minor.patch. What stands behind
// the numbers does not count: distributions mean patches by it.
func (v Version) Before(major, minor, patch int) bool {
	switch {
	case v.Major != major:
		return v.Major < major
	case v.Minor != minor:
		return v.Minor < minor
	default:
		return v.Patch < patch
	}
}

// String gives the numbers and what stands behind them.
func (v Version) String() string {
	return fmt.Sprintf("%d.%d.%d%s", v.Major, v.Minor, v.Patch, v.Rest)
}
