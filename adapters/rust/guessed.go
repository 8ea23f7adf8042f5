package rust

import (
	"slices"
	"strings"
)

// guessed are the crates of systems that packages without a Cargo.lock will
// come to, by what they name themselves; what else there is, the lock would
// say.
func (p *planner) guessed() map[string]crate {
	found := map[string]crate{}
	for _, k := range p.needed {
		for _, deps := range []map[string]any{k.file.Dependencies, k.file.BuildDependencies} {
			for key, value := range deps {
				d := p.dependency(key, value)
				if d.inherited && p.workspace.file.Workspace != nil {
					value = p.workspace.file.Workspace.Dependencies[key]
				}
				if name := bringsSystem(d.name, value); name != "" && !d.optional {
					found[name] = crate{Name: name}
				}
			}
		}
	}
	return found
}

// bringsSystem is the crate of systems that a crate comes to, "" for none.
func bringsSystem(name string, value any) string {
	fields, _ := value.(map[string]any)
	version, ok := value.(string)
	if !ok {
		version, _ = fields["version"].(string)
	}
	features, _ := fields["features"].([]any)
	_, known := systems()[name]
	switch {
	case slices.Contains(features, any("vendored")) || name == "cmake":
		return ""
	case name == "tonic-build" || name == "tonic-prost-build":
		return "prost-build"
	case name == "openssl" || name == "native-tls":
		return "openssl-sys"
	case name == "reqwest" && fields["default-features"] != false && (strings.HasPrefix(version, "0.11") || strings.HasPrefix(version, "0.12")):
		return "openssl-sys" // what 0.13 comes to is written in Rust
	case known:
		return name
	}
	return ""
}
