package buildpacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// offer is a version that an entry has.
type offer struct {
	entry
	version string
}

// Select gives the stack that a repository's wish is built with, unresolved,
// and the version with Value filled in. base is the run image that the
// language's adapter asks for: "static", "cc", "node" and so on.
//
// A wish for nothing, "latest", "stable" or "lts" gets the default. A version
// is met in each part it gives, "1.25.3" by 1.25.3 alone, "1.25" by the newest
// 1.25; where the patches are the distribution's, 3.11.9 is met by 3.11, and
// From then says so. With Minimum it is that or newer: the newest patch of its
// minor version is taken, else the next newer minor that the catalogue has,
// and From then says so. A constraint, in the syntax of npm ("^20 || >=22.1",
// ">=3.10,<3.13", "~1.75", "20.x"), gets the default when that meets it, else
// the newest that does. A version that a step of the plan fetches is as it was,
// on the default.
//
// A version that is not there is CodeNotFound, with those that are and how to
// add one; a wish that is no version is CodeInvalid; a profile, language or
// base that the catalogue lacks is CodeNotFound.
func (c *Catalogue) Select(profile string, lang slipway.Language, version slipway.Version, base string) (slipway.Stack, slipway.Version, error) {
	entries := c.of(profile, lang)
	if len(entries) == 0 {
		return slipway.Stack{}, version, c.noEntry(profile, lang)
	}
	based := slices.DeleteFunc(c.withPages(profile, entries), func(e entry) bool { return e.Run[base].Image == "" })
	if len(based) == 0 {
		return slipway.Stack{}, version, noBase(entries, base)
	}
	w, err := readWish(version)
	if err != nil {
		return slipway.Stack{}, version, err
	}
	chosen, ok := choose(based, w)
	if !ok {
		return slipway.Stack{}, version, c.noVersion(based, version, w)
	}
	if version.Fetched {
		return chosen.stack(chosen.version, base), version, nil
	}
	version.Value = chosen.version
	version.From = chosen.from(version, w)
	return chosen.stack(chosen.version, base), version, nil
}

// withPages gives the entries with the run image of static sites, too: what a
// language builds may be pages that need nothing of it, and a stack is made
// whole without that image.
func (c *Catalogue) withPages(profile string, entries []entry) []entry {
	entries = slices.Clone(entries)
	for _, pages := range c.of(profile, slipway.LanguageStatic) {
		for i, e := range entries {
			if _, own := e.Run[basePages]; !own {
				entries[i].Run = maps.Clone(e.Run)
				image := pages.Run[basePages]
				entries[i].Run[basePages] = runImage{image.Image, cmp.Or(image.Init, pages.Init)}
			}
		}
	}
	return entries
}

// basePages is the run image that serves files.
const basePages = "web"

// Lacks tells that a language has stacks on a base, and none of the version
// that is asked for.
func (c *Catalogue) Lacks(profile string, lang slipway.Language, version slipway.Version, base string) bool {
	entries := slices.DeleteFunc(c.of(profile, lang), func(e entry) bool { return e.Run[base].Image == "" })
	w, err := readWish(version)
	if err != nil || len(entries) == 0 {
		return false
	}
	_, ok := choose(entries, w)
	return !ok
}

// of gives the entries of a language, in the catalogue's order.
func (c *Catalogue) of(profile string, lang slipway.Language) []entry {
	var entries []entry
	for _, e := range c.entries {
		if e.Profile == profile && e.Language == lang {
			entries = append(entries, e)
		}
	}
	return entries
}

// usual is the version of a language for those who ask for none.
func usual(entries []entry) offer {
	e := entries[0]
	return offer{e, cmp.Or(e.Default, e.newestFirst()[0])}
}

// offers gives every listed version of the entries, newest first.
func offers(entries []entry) []offer {
	var all []offer
	for _, e := range entries {
		for _, v := range e.newestFirst() {
			all = append(all, offer{e, v})
		}
	}
	slices.SortStableFunc(all, func(a, b offer) int { return newerFirst(a.version, b.version) })
	return all
}

// choose gives what meets a wish, false when nothing does.
func choose(entries []entry, w wish) (offer, bool) {
	all := offers(entries)
	switch {
	case w.anything() || len(entries[0].Versions) == 0:
		return usual(entries), true
	case w.constraint != nil:
		for _, o := range append([]offer{usual(entries)}, all...) {
			if w.allows(o.version) {
				return o, true
			}
		}
		return offer{}, false
	case w.minimum:
		return atLeast(all, w.number)
	}
	return exactly(entries, all, w.number)
}

// atLeast gives the newest patch of the nearest minor version that is new
// enough: of the offers, newest first, the last one that begins a minor.
func atLeast(all []offer, want number) (offer, bool) {
	var best offer
	for _, o := range all {
		n, _ := parseNumber(o.version)
		if n.compare(want) < 0 && !want.within(n) {
			break
		}
		if b, _ := parseNumber(best.version); best.version == "" || !n.sameMinor(b) {
			best = o
		}
	}
	return best, best.version != ""
}

func exactly(entries []entry, all []offer, want number) (offer, bool) {
	if len(want) == 1 { // a whole major: rather the default than the newest
		all = append([]offer{usual(entries)}, all...)
	}
	for _, o := range all {
		if n, _ := parseNumber(o.version); n.within(want) || (o.Patch == distribution && want.within(n)) {
			return o, true
		}
	}
	for _, e := range entries {
		if len(want) == 3 && e.has(want.full()) {
			return offer{e, want.full()}, true
		}
	}
	return offer{}, false
}

// from adds to the origin of a wish how it was met, where that is not plain.
func (o offer) from(v slipway.Version, w wish) string {
	chosen, _ := parseNumber(v.Value)
	switch {
	case w.minimum && len(w.number) > 1 && !chosen.sameMinor(w.number):
		return fmt.Sprintf("%s (asks for %s or newer; %s is the nearest stack)", v.From, v.Want, v.Value)
	case o.Patch == distribution && len(w.number) > len(chosen) && o.Profile == ProfileAssembled:
		return fmt.Sprintf("%s (asks for %s; this stack has Debian's %s, which carries its security fixes)", v.From, v.Want, v.Value)
	case o.Patch == distribution && len(w.number) > len(chosen):
		return fmt.Sprintf("%s (asks for %s; this stack has the newest %s)", v.From, v.Want, v.Value)
	}
	return v.From
}

func (c *Catalogue) noEntry(profile string, lang slipway.Language) error {
	there := make([]string, 0, len(c.entries))
	for _, e := range c.entries {
		there = append(there, strings.TrimRight(fmt.Sprintf("%s %s: %s", e.Profile, e.Language, strings.Join(e.newestFirst(), ", ")), ": "))
	}
	return slipway.Errorf(slipway.CodeNotFound, "the catalogue has no %s stack for %s", profile, lang).
		WithHint("`slipway stack ls` lists them; buildpacks/README.md says how to add one").WithDetails(there...)
}

func noBase(entries []entry, base string) error {
	var there []string
	for _, e := range entries {
		there = append(there, e.bases()...)
	}
	slices.Sort(there)
	return slipway.Errorf(slipway.CodeNotFound, "the %s stack of %s has no run image %q", entries[0].Profile, entries[0].Language, base).
		WithHint("it has %s", strings.Join(slices.Compact(there), ", "))
}

func (c *Catalogue) noVersion(entries []entry, v slipway.Version, w wish) error {
	e := entries[0]
	asked := v.Want
	if w.number != nil {
		asked = w.number.String()
	}
	var there []string
	for _, o := range offers(entries) {
		there = append(there, o.version)
	}
	err := slipway.Errorf(slipway.CodeNotFound, "no %s stack has %s %s, which %s asks for", e.Profile, e.Language, asked, v.From).
		WithDetails("there are: " + strings.Join(there, ", "))
	hint, or := "ask for one of these", ""
	if len(there) > 0 && (e.Language != slipway.LanguageGo || !older(nearest(offers(entries), w), w)) { // the go command refuses what wants a newer one
		hint = fmt.Sprintf("`services: [{version: %q}]` in slipway.yaml, or the version alone in the service that is there, takes the nearest that there is, whatever %s says", nearest(offers(entries), w), v.From)
		or = "; or " + hint
	}
	switch {
	case e.Make && len(w.number) == 3:
		return err.WithHint("make it: `slipway stack build %s@%s`%s", e.Language, w.number.full(), or)
	case e.Make:
		return err.WithHint("make a version that it allows: `slipway stack build %s@%s`%s", e.Language, c.known(e, w), or)
	}
	if others := c.of(otherProfile(e.Profile), e.Language); len(others) > 0 {
		if o, ok := choose(others, w); ok {
			return err.WithHint("%s; or use the %s profile, which has %s: --profile %s", hint, o.Profile, o.version, o.Profile)
		}
		if others[0].Make {
			return err.WithHint("%s; or make it for the assembled profile: `slipway stack build %s@%s`", hint, e.Language, c.known(others[0], w))
		}
	}
	return err.WithHint("%s; buildpacks/README.md says how to add another to the catalogue", hint)
}

// older tells whether a version is older than the one that is asked for.
func older(version string, w wish) bool {
	n, _ := parseNumber(version)
	return n.compare(w.number) < 0
}

// nearest is the version that is closest to what was asked for: the oldest
// that is newer, else the newest.
func nearest(all []offer, w wish) string {
	asked := w.number
	if asked == nil && len(w.mentioned) > 0 {
		asked = w.mentioned[0]
	}
	for _, o := range slices.Backward(all) { // newest first
		if n, _ := parseNumber(o.version); n.compare(asked) > 0 {
			return o.version
		}
	}
	return all[0].version
}

// known is a whole version that meets a wish and that the other profile has,
// since it is one that was published; without one, the first of the minor
// version that was asked for, or the form of a version.
func (c *Catalogue) known(e entry, w wish) string {
	others := c.of(otherProfile(e.Profile), e.Language)
	if len(others) > 0 {
		if o, ok := choose(others, w); ok && strings.Count(o.version, ".") == 2 {
			return o.version
		}
	}
	if len(w.number) > 1 {
		return w.number.full()
	}
	return "MAJOR.MINOR.PATCH"
}

func otherProfile(profile string) string {
	if profile == ProfileAssembled {
		return ProfileOfficial
	}
	return ProfileAssembled
}
