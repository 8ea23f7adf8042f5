package buildpacks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// wish is what a repository wants, read.
type wish struct {
	number  number // nil: anything
	minimum bool   // that version or newer; else that version, in all parts given
}

// Select gives the stack that a repository's wish is built with, unresolved,
// and the version with Value filled in. base is the run image, "static" or
// "cc".
//
// A wish from go.mod or go.work, or one that begins with ">=", is a minimum:
// the newest patch of its minor version is taken, else the next newer minor
// that the catalogue has, and From then says so. Any other wish (.go-version,
// .tool-versions, slipway.yaml) is met in each part it gives: "1.25.3" by
// 1.25.3 alone, "1.25" by the newest 1.25. An empty wish gets the default.
//
// A version that is not there is CodeNotFound, with those that are and how to
// add one; a wish that is no version is CodeInvalid; a profile, language or
// base that the catalogue lacks is CodeNotFound.
func (c *Catalogue) Select(profile string, lang slipway.Language, version slipway.Version, base string) (slipway.Stack, slipway.Version, error) {
	i := slices.IndexFunc(c.entries, func(e entry) bool { return e.Profile == profile && e.Language == lang })
	if i < 0 {
		return slipway.Stack{}, version, c.noEntry(profile, lang)
	}
	e := c.entries[i]
	if _, ok := e.Run[base]; !ok {
		return slipway.Stack{}, version, slipway.Errorf(slipway.CodeNotFound, "the %s stack of %s has no run image %q", profile, lang, base).
			WithHint("it has %s", strings.Join(e.bases(), ", "))
	}
	w, err := readWish(version)
	if err != nil {
		return slipway.Stack{}, version, err
	}
	chosen := e.choose(w)
	if chosen == "" {
		return slipway.Stack{}, version, e.noVersion(version, w)
	}
	version.Value = chosen
	version.From = e.from(version, w)
	return e.stack(chosen, base), version, nil
}

func readWish(v slipway.Version) (wish, error) {
	want, minimum := strings.CutPrefix(strings.TrimSpace(v.Want), ">=")
	want = strings.TrimSpace(want)
	if want == "" {
		return wish{}, nil
	}
	n, ok := parseNumber(want)
	if !ok {
		return wish{}, slipway.Errorf(slipway.CodeInvalid, "the version %q (%s) is not one that a stack can have", v.Want, v.From).
			WithHint("write a release like 1.26 or 1.26.8; pre-releases have no stack")
	}
	file, _, _ := strings.Cut(v.From, ":")
	switch path.Base(file) {
	case "go.mod", "go.work":
		minimum = true
	}
	return wish{number: n, minimum: minimum}, nil
}

// choose gives the version for a wish, "" when there is none.
func (e entry) choose(w wish) string {
	newest := e.newestFirst()
	switch {
	case w.number == nil && e.Default != "":
		return e.Default
	case w.number == nil:
		return newest[0]
	case !w.minimum:
		return e.exactly(w.number, newest)
	}
	best := ""
	for _, v := range newest { // the last one that is new enough is of the nearest minor
		n, _ := parseNumber(v)
		if n.compare(w.number) < 0 {
			break
		}
		if b, _ := parseNumber(best); best == "" || !b.within(n[:2]) {
			best = v
		}
	}
	return best
}

func (e entry) exactly(want number, newest []string) string {
	for _, v := range newest {
		if n, _ := parseNumber(v); n.within(want) {
			return v
		}
	}
	if e.has(want.full()) && len(want) == 3 {
		return want.full()
	}
	return ""
}

// from adds to the origin of a minimum that a newer minor version was taken.
func (e entry) from(v slipway.Version, w wish) string {
	chosen, _ := parseNumber(v.Value)
	if !w.minimum || len(w.number) < 2 || chosen.within(w.number[:2]) {
		return v.From
	}
	return fmt.Sprintf("%s (asks for %s or newer; %s is the nearest stack)", v.From, v.Want, v.Value)
}

func (c *Catalogue) noEntry(profile string, lang slipway.Language) error {
	there := make([]string, 0, len(c.entries))
	for _, e := range c.entries {
		there = append(there, fmt.Sprintf("%s %s: %s", e.Profile, e.Language, strings.Join(e.newestFirst(), ", ")))
	}
	return slipway.Errorf(slipway.CodeNotFound, "the catalogue has no %s stack for %s", profile, lang).
		WithHint("`slipway stack ls` lists them; buildpacks/README.md says how to add one").WithDetails(there...)
}

func (e entry) noVersion(v slipway.Version, w wish) error {
	err := slipway.Errorf(slipway.CodeNotFound, "no %s stack has %s %s, which %s asks for", e.Profile, e.Language, w.number.full(), v.From).
		WithDetails("there are: " + strings.Join(e.newestFirst(), ", "))
	if e.Make {
		return err.WithHint("make it: `slipway stack build %s@%s`", e.Language, w.number.full())
	}
	return err.WithHint("ask for a version that is there, add it to the catalogue, or use the %s profile", ProfileAssembled)
}
