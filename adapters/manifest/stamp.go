package manifest

import "go.yaml.in/yaml/v3"

// Stamp names the string variables, IMPORTPATH.NAME, that the linker sets.
// One name alone, `stamp: main.version`, is that of Version.
type Stamp struct {
	Version  string `yaml:"version"`  // gets the git tag's version, or the revision when there is none
	Revision string `yaml:"revision"` // gets the commit's full id
}

// UnmarshalYAML reads both forms.
func (s *Stamp) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&s.Version)
	}
	type plain Stamp // without this method
	return n.Decode((*plain)(s))
}
