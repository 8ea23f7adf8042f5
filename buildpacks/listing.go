package buildpacks

import (
	"slices"

	"github.com/slipway-ci/slipway"
)

// Usual gives the stacks, on each of their run images, that a profile's
// languages have for those who ask for no version.
func (c *Catalogue) Usual(profile string) []slipway.Stack {
	var stacks []slipway.Stack
	for _, lang := range c.Languages(profile) {
		o := usual(c.of(profile, lang))
		for _, base := range o.bases() {
			stacks = append(stacks, o.stack(o.version, base))
		}
	}
	return stacks
}

// Languages gives those of a profile, in the catalogue's order.
func (c *Catalogue) Languages(profile string) []slipway.Language {
	var languages []slipway.Language
	for _, e := range c.entries {
		if e.Profile == profile && !slices.Contains(languages, e.Language) {
			languages = append(languages, e.Language)
		}
	}
	return languages
}

// Bases gives the stacks of one language and version on each run image they
// have: those that Select gives for the version on any base.
func (c *Catalogue) Bases(profile string, lang slipway.Language, version slipway.Version) ([]slipway.Stack, error) {
	entries := c.of(profile, lang)
	if len(entries) == 0 {
		return nil, c.noEntry(profile, lang)
	}
	w, err := readWish(version)
	if err != nil {
		return nil, err
	}
	chosen, ok := choose(entries, w)
	if !ok {
		makes := slices.IndexFunc(entries, func(e entry) bool { return e.Make })
		if makes < 0 || len(w.number) != 3 {
			return nil, c.noVersion(entries, version, w)
		}
		chosen = offer{entries[makes], w.number.full()}
	}
	var stacks []slipway.Stack
	for _, base := range chosen.bases() {
		stacks = append(stacks, chosen.stack(chosen.version, base))
	}
	return stacks, nil
}

// Listed is a stack of the catalogue on one of its run images.
type Listed struct {
	slipway.Stack
	Language slipway.Language
	Base     string // that Select gives it for
	Default  bool   // for those who ask for no version
}

// Listing gives every listed stack in catalogue order, with the newest
// version first.
func (c *Catalogue) Listing() []Listed {
	var listing []Listed
	for _, e := range c.entries {
		first := usual(c.of(e.Profile, e.Language))
		for _, v := range e.newestFirst() {
			for _, b := range e.bases() {
				stack := e.stack(v, b)
				isDefault := v == first.version && stack.Build.Name == first.stack(v, b).Build.Name
				listing = append(listing, Listed{Stack: stack, Language: e.Language, Base: b, Default: isDefault})
			}
		}
	}
	return listing
}

// List gives every listed stack of a profile, "" for all, in the order of
// Listing, on the run image base, "" for all.
func (c *Catalogue) List(profile, base string) []slipway.Stack {
	var stacks []slipway.Stack
	for _, l := range c.Listing() {
		if (profile == "" || l.Profile == profile) && (base == "" || l.Base == base) {
			stacks = append(stacks, l.Stack)
		}
	}
	return stacks
}
