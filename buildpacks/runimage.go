package buildpacks

import "go.yaml.in/yaml/v3"

// runImage is a run image of an entry: a name, or a name and the init that it
// has where it is not the entry's.
type runImage struct {
	Image string `yaml:"image"`
	Init  string `yaml:"init"`
}

// UnmarshalYAML reads either form.
func (r *runImage) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&r.Image)
	}
	type fields runImage
	return node.Decode((*fields)(r))
}
