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
