package buildpacks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/slipway-ci/slipway"
)

// farPatch stands for a patch that nobody has released yet.
const farPatch = 999_999

// wish is what a repository wants, read. The zero wish is for the default.
type wish struct {
	number     number              // that version, in all parts given
	minimum    bool                // or newer
	constraint *semver.Constraints // or what these allow
	mentioned  []number            // the versions that stand in the constraint
}

func readWish(v slipway.Version) (wish, error) {
	text := strings.TrimSpace(v.Want)
	if v.Fetched {
		text = ""
	}
	switch strings.ToLower(text) {
	case "", "latest", "stable", "lts", "lts/*":
		return wish{}, nil
	}
	if n, ok := parseNumber(text); ok {
		return wish{number: n, minimum: v.Minimum}, nil
	}
	constraint, err := semver.NewConstraint(text)
	if err != nil {
		return wish{}, slipway.Errorf(slipway.CodeInvalid, "the version %q (%s) is not one that a stack can have", v.Want, v.From).
			WithHint("write a release like 1.26 or 1.26.8, or a range like >=1.25 <2; pre-releases have no stack")
	}
	return wish{constraint: constraint, mentioned: numbersIn(text)}, nil
}

// numbersIn gives the versions that stand in a constraint.
func numbersIn(text string) []number {
	var found []number
	for _, word := range regexp.MustCompile(`[0-9]+(\.[0-9]+)*`).FindAllString(text, -1) {
		if n, ok := parseNumber(word); ok {
			found = append(found, n)
		}
	}
	return found
}

// anything tells whether the default will do.
func (w wish) anything() bool { return w.number == nil && w.constraint == nil }

// allows tells whether a version meets a constraint. Where the patches are
// the distribution's, it does when any patch would: the oldest, the newest
// there can be, or one that the constraint names.
func (w wish) allows(version string) bool {
	n, ok := parseNumber(version)
	if !ok {
		return false
	}
	for _, candidate := range append([]number{n, n.far()}, w.mentioned...) {
		if candidate.within(n) && w.constraint.Check(candidate.semver()) {
			return true
		}
	}
	return false
}

// far gives the newest version that begins with n.
func (n number) far() number {
	far := append(number{}, n...)
	for len(far) < 3 {
		far = append(far, farPatch)
	}
	return far
}

// semver gives the version with the parts that are missing as 0.
func (n number) semver() *semver.Version {
	parts := append(append(number{}, n...), 0, 0, 0)
	return semver.New(uint64(parts[0]), uint64(parts[1]), uint64(parts[2]), "", "") //nolint:gosec // a part is never negative
}

// String gives the version in the parts it has.
func (n number) String() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint([]int(n)), "[]"), " ", ".")
}
