package rust

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// allPackages are the packages of the tree whose sources the first steps do
// not see.
func (p *planner) allPackages() []*pkg {
	var all []*pkg
	for _, dir := range slices.Sorted(maps.Keys(p.workspace.packages)) {
		if !slices.Contains(p.workspace.patched, dir) {
			all = append(all, p.workspace.packages[dir])
		}
	}
	return all
}

// leftOut are the packages that the program is not made of and whose sources
// therefore no step sees: a change in them builds nothing.
func (p *planner) leftOut() []*pkg {
	if p.custom() || p.Declared.Tests != nil || len(p.Declared.Inputs) > 0 {
		return nil
	}
	return slices.DeleteFunc(p.allPackages(), func(k *pkg) bool {
		return slices.ContainsFunc(p.needed, func(n *pkg) bool {
			return n == k || k.dir == "." || under(n.dir, k.dir) || under(k.dir, n.dir) && n.dir != "."
		})
	})
}

// under tells whether name is dir or lies below it.
func under(name, dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }

// stubPaths are the files of packages without which Cargo does not read them.
func (p *planner) stubPaths(packages []*pkg) []string {
	var paths []string
	for _, k := range packages {
		for _, root := range k.roots(p.Tree, p.edition(k)) {
			paths = append(paths, inStep(path.Join(k.dir, root)))
		}
	}
	return paths
}

// manifests are the files that decide what is downloaded and compiled before
// the service's own sources.
func (p *planner) manifests() *slipway.Source {
	return &slipway.Source{Include: repo.Literals(p.manifestNames()), Exclude: []string{".git"}}
}

func (p *planner) manifestNames() []string {
	names := slices.Concat(p.config.files, p.workspace.patched)
	names = append(names, path.Join(p.workspace.root, cargoFile), p.lockName())
	for _, k := range p.workspace.packages {
		names = append(names, k.manifest())
	}
	if p.config.vendored {
		names = append(names, p.config.dir)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// source are the files that the compile step sees. A toolchain file is for
// rustup: the stack has one toolchain.
func (p *planner) source() *slipway.Source {
	if len(p.Declared.Inputs) > 0 {
		return &slipway.Source{Include: repo.Literals(p.declaredInputs()), Exclude: []string{".git"}}
	}
	return &slipway.Source{Exclude: slices.Concat([]string{".git"}, p.irrelevant())}
}

// inputs are the same files as the build key sees them: names, then patterns
// with ! in front that except from them.
func (p *planner) inputs() []string {
	if len(p.Declared.Inputs) > 0 {
		return p.declaredInputs()
	}
	inputs := []string{"."}
	for _, pattern := range p.irrelevant() {
		inputs = append(inputs, "!"+pattern)
	}
	return inputs
}

func (p *planner) declaredInputs() []string {
	inputs := slices.Concat(p.Declared.Inputs, p.manifestNames())
	slices.Sort(inputs)
	return slices.Compact(inputs)
}

// irrelevant lists what cannot be part of the program: what is about the
// repository, as long as no source mentions it, and the packages left out,
// but for their manifests.
func (p *planner) irrelevant() []string {
	patterns := []string{"rust-toolchain", "rust-toolchain.toml", ".github", ".gitlab-ci.yml", ".gitignore"}
	if p.Dir != "." {
		patterns = append(patterns, repo.Literal(path.Join(p.Dir, "rust-toolchain")), repo.Literal(path.Join(p.Dir, "rust-toolchain.toml")))
	}
	if !p.custom() && !p.sources.mentionsPapers {
		patterns = append(patterns, "*.md", "LICENSE*")
	}
	for _, k := range p.leftOut() {
		patterns = append(patterns, repo.Literal(k.dir), "!"+repo.Literal(k.manifest()))
	}
	return patterns
}

// exists tells whether a name is a file or directory of the tree.
func exists(tree fs.FS, name string) bool {
	_, err := fs.Stat(tree, name)
	return err == nil
}
