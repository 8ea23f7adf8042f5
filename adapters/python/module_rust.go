package python

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// native is the Rust in a package of the tree.
type native struct {
	dir      string   // of its Cargo.toml
	requires []string // what builds the package (PEP 518)
	tool     string   // maturin or setuptools-rust
	line     slipway.Evidence
}

// The tools that compile Rust for Python, and the versions of theirs that are
// taken where the project allows them.
const (
	maturin        = "maturin"
	setuptoolsRust = "setuptools-rust"
	toolPins       = "maturin==1.16.0 setuptools-rust==1.13.0 setuptools==84.2.1"
)

// nativeOf finds out whether a package of the tree is compiled by Rust.
func (p *planner) nativeOf(dir string, found *project, s setup, file string) (*native, error) {
	n := &native{requires: []string{"setuptools", "wheel", setuptoolsRust}}
	manifest := s.rust
	if manifest != "" {
		n.tool, n.line = setuptoolsRust, slipway.Evidence{File: file, Found: "a RustExtension"}
	}
	if found != nil && found.BuildSystem != nil {
		if len(found.BuildSystem.Requires) > 0 {
			n.requires = found.BuildSystem.Requires
		}
		n.readBackend(found, &manifest)
	}
	if n.tool == "" {
		return nil, nil //nolint:nilnil // there is no Rust in it
	}
	if dig(found.maturin(), "bindings") == "bin" {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s packages a program of Rust for Python", repo.Place(found.file, found.line("bindings"))).
			WithHint("build the program itself: `language: rust` in slipway.yaml").WithClass(slipway.ClassCode)
	}
	n.dir = path.Dir(path.Join(dir, manifest))
	if !repo.IsFile(p.Tree, path.Join(n.dir, "Cargo.toml")) {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s is built by %s, and %s is not there", repo.Show(dir), n.tool, repo.Quote(path.Join(n.dir, "Cargo.toml"))).
			WithHint("commit it, or name where it is: manifest-path of [tool.maturin], or path of [[tool.setuptools-rust.ext-modules]]").WithClass(slipway.ClassCode)
	}
	return n, nil
}

// readBackend reads what pyproject.toml says of the Rust in a package.
func (n *native) readBackend(found *project, manifest *string) {
	asks := func(name string) bool {
		return slices.ContainsFunc(found.BuildSystem.Requires, func(text string) bool { d, ok := requirement(text); return ok && d.name == name })
	}
	switch {
	case strings.HasPrefix(found.BuildSystem.Backend, maturin):
		n.tool, *manifest = maturin, "Cargo.toml"
		for _, at := range strs(dig(found.Tool.Maturin, "manifest-path")) {
			*manifest = at
		}
	case asks(setuptoolsRust) || strings.HasPrefix(found.BuildSystem.Backend, "setuptools_rust"):
		n.tool = setuptoolsRust
		if *manifest == "" {
			*manifest = "Cargo.toml"
		}
		modules, _ := dig(found.Tool.SetuptoolsRust, "ext-modules").([]any)
		for _, m := range modules {
			for _, at := range strs(dig(m, "path")) {
				*manifest = at
			}
		}
	default:
		return
	}
	n.line = slipway.Evidence{File: found.file, Line: found.line("build-backend"), Found: "build-backend = " + found.BuildSystem.Backend}
}

func (p *project) maturin() any {
	if p == nil {
		return nil
	}
	return p.Tool.Maturin
}

// cargoVersion is the version of the package when it is that of the crate.
func (p *planner) cargoVersion(n *native) string {
	data, _, err := repo.Read(p.Tree, path.Join(n.dir, "Cargo.toml"))
	var crate struct {
		Package struct {
			Version any `toml:"version"`
		} `toml:"package"`
	}
	if err != nil || toml.Unmarshal(data, &crate) != nil {
		return ""
	}
	return strings.Join(strs(crate.Package.Version), "")
}

// natives are the parties that are compiled.
func (p *planner) natives() []party {
	return slices.DeleteFunc(slices.Clone(p.parties), func(q party) bool { return q.native == nil })
}

// findNatives plans the modules that Rust makes.
func (p *planner) findNatives() error {
	parties := p.natives()
	for i, q := range parties {
		if p.rust == nil {
			return slipway.Errorf(slipway.CodeInvalid, "%s is compiled by Rust, which nothing here knows", repo.Show(q.dir)).WithClass(slipway.ClassCode)
		}
		m := repo.Module{
			Dir: q.native.dir, Compile: q.native.wheel(q), Collect: collect, Files: p.readByBackend(q), Stubs: p.packageMarks(q),
			Exclude: []string{"**/*.py", "!" + repo.Literal(path.Join(q.dir, "setup.py")), "**/*.pyi", "**/__pycache__", "**/.venv"}, Tools: &slipway.Output{Step: toolsStepName(i), Mount: toolsDir},
		}
		if i > 0 {
			m.Name = strconv.Itoa(i + 1)
		}
		plan, err := p.rust(p.Service, m)
		if err != nil {
			return err
		}
		plan, build, run := debian.Split(plan)
		p.packages.build, p.packages.run = append(p.packages.build, build...), append(p.packages.run, run...)
		e := q.native.line
		with := "the Rust of the build image's Debian"
		if plan.Version.Fetched {
			with = "the release of Rust that its toolchain file names"
		}
		e.Means = "compiled with " + with + ", in steps of its own; a change of Python alone compiles nothing"
		p.note(e)
		p.evidence = append(p.evidence, plan.Evidence...)
		p.modulePlans = append(p.modulePlans, plan)
	}
	return nil
}

func toolsStepName(i int) string {
	if i == 0 {
		return stepTools
	}
	return stepTools + "-" + strconv.Itoa(i+1)
}
