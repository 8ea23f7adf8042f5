package buildpacks

import (
	"bytes"
	_ "embed"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

// The profiles of the embedded catalogue.
const (
	ProfileOfficial  = "official"
	ProfileAssembled = "assembled"
)

//go:embed catalogue.yaml
var embedded []byte

// Catalogue maps a profile, a language and a wanted version to a stack. It is
// immutable: With gives another one. Safe for concurrent use.
type Catalogue struct {
	entries []entry
}

// Default gives the catalogue that is compiled in.
func Default() (*Catalogue, error) { return Parse("catalogue.yaml", embedded) }

// Read gives the catalogue in a file that replaces the embedded one.
func Read(path string) (*Catalogue, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the stack catalogue %s cannot be read", path).Because(err)
	}
	return Parse(path, data)
}

// Parse reads a catalogue; name is what an error calls it. Unknown keys,
// stacks that lack an image and versions that are none are refused.
func Parse(name string, data []byte) (*Catalogue, error) {
	var file struct {
		Stacks []entry `yaml:"stacks"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the stack catalogue %s is not of the form it should have", name).
			WithHint("compare it with buildpacks/catalogue.yaml").Because(err)
	}
	if len(file.Stacks) == 0 {
		return nil, slipway.Errorf(slipway.CodeUsage, "the stack catalogue %s has no stacks", name)
	}
	for i, e := range file.Stacks {
		if err := e.validate(); err != nil {
			return nil, slipway.Errorf(slipway.CodeUsage, "stack %d of the catalogue %s cannot be used", i+1, name).Because(err)
		}
	}
	return &Catalogue{entries: file.Stacks}, nil
}

// With gives a catalogue that also has the versions of makeable stacks whose
// build image the lock records: what `slipway stack build` made on demand.
func (c *Catalogue) With(lock *Lock) *Catalogue {
	entries := slices.Clone(c.entries)
	for i, e := range entries {
		if !e.Make {
			continue
		}
		entries[i].Versions = slices.Clone(e.Versions)
		for _, name := range lock.Names() {
			v, ok := e.versionOf(name)
			if ok && !slices.Contains(entries[i].Versions, v) {
				entries[i].Versions = append(entries[i].Versions, v)
			}
		}
	}
	return &Catalogue{entries: entries}
}

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
			return nil, noVersion(entries, version, w)
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
