package python

import (
	"fmt"
	"io/fs"
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

// Names of the steps, and directories in them.
const (
	stepTools = "build-tools"
	toolsDir  = "/tools"
	moduleDir = "/module"
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
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s packages a program of Rust for Python", place(found.file, found.line("bindings"))).
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
		e.Means = "compiled with the Rust of the build image's Debian, in steps of its own; a change of Python alone compiles nothing"
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

// collect unpacks a wheel: only what Rust made of it is new.
const collect = `python3 -m zipfile -e /tmp/wheel/*.whl /out
rm -rf /out/*.dist-info /out/*.data`

// wheel builds the package by its own backend (PEP 517) with the tools that
// are there.
func (n *native) wheel(q party) string {
	dir := path.Join("/src", q.dir)
	var b strings.Builder
	for _, name := range []string{"README.md", "README.rst", "LICENSE"} { // backends want those that they are told of
		if strings.Contains(q.text, `"`+name+`"`) {
			b.WriteString("[ -f " + quoted(path.Join(dir, name)) + " ] || : >" + quoted(path.Join(dir, name)) + "\n")
		}
	}
	for _, root := range q.roots { // and the directories
		b.WriteString("mkdir -p " + quoted(path.Join("/src", root)) + "\n")
	}
	b.WriteString("rm -rf /tmp/wheel\nPATH=" + toolsDir + "/bin:$PATH PYTHONPATH=" + toolsDir + " SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0 SETUPTOOLS_RUST_CARGO_PROFILE=release ")
	b.WriteString("python3 -m pip wheel --quiet --no-build-isolation --no-deps --no-index --disable-pip-version-check --wheel-dir /tmp/wheel " + quoted(dir))
	return b.String()
}

// readByBackend are the files that the backend reads.
func (p *planner) readByBackend(q party) []string {
	var files []string
	for _, name := range []string{projectFile, "setup.py", "setup.cfg", "MANIFEST.in"} {
		if file := path.Join(q.dir, name); repo.IsFile(p.Tree, file) {
			files = append(files, file)
		}
	}
	return files
}

// packageMarks are the files that show a backend where the package is that
// its module belongs to.
func (p *planner) packageMarks(q party) []string {
	var marks []string
	for _, root := range q.roots {
		entries, _ := fs.ReadDir(p.Tree, root) // what cannot be listed has no package
		for _, e := range entries {
			if mark := path.Join(root, e.Name(), "__init__.py"); e.IsDir() && !skipped(e.Name()) && repo.IsFile(p.Tree, mark) {
				marks = append(marks, mark)
			}
		}
	}
	return marks
}

// toolsStep brings what builds a package, into a directory that no image has.
func (p *planner) toolsStep(i int, n *native) slipway.Step {
	const script = `printf '%s\n' ` + toolPins + ` >/tmp/pins.txt
bring() { python3 -m pip install --quiet --no-input --root-user-action ignore --disable-pip-version-check --target ` + toolsDir + ` "$@"; }
bring -c /tmp/pins.txt "$@" || bring "$@"`
	return slipway.Step{
		Name: toolsStepName(i), Args: append([]string{"/bin/sh", "-euc", script, stepTools}, n.requires...), Dir: "/",
		Env: map[string]string{"PIP_CACHE_DIR": pipCache, "PYTHONDONTWRITEBYTECODE": "1"}, Network: slipway.NetworkPackages,
		Mounts: []slipway.Mount{{Target: pipCache, Cache: "pip"}, {Target: toolsDir, Output: true}},
	}
}

// addNatives gives the plan whose build step has the compiled modules.
func (p *planner) addNatives(plan *slipway.Plan) {
	for i, q := range p.natives() {
		module := p.modulePlans[i]
		plan.Steps = append(plan.Steps, p.toolsStep(i, q.native))
		plan.Steps = append(plan.Steps, module.Steps...)
		plan.Unlocked = plan.Unlocked || module.Unlocked
	}
}

// place lays a compiled module into the package that imports it. What the
// repository has itself stays.
const place0 = `place() {
  (cd "$1" && find . -type f) | while read -r file; do
    [ ! -e "$2/$file" ] || continue
    mkdir -p "$(dirname "$2/$file")"
    cp "$1/$file" "$2/$file"
  done
}
`

// placing is the script that lays all of them; "" without any.
func (p *planner) placing() string {
	script := ""
	for i, q := range p.natives() {
		script += fmt.Sprintf("place %s/%d %s\n", moduleDir, i, quoted(path.Join(appDir, p.moduleRoot(q))))
	}
	if script == "" {
		return ""
	}
	return place0 + script
}

// moduleRoot is the directory that has the Python of a compiled package.
func (p *planner) moduleRoot(q party) string {
	marks := p.packageMarks(q)
	for _, root := range slices.Backward(q.roots) {
		if slices.ContainsFunc(marks, func(m string) bool { return path.Dir(path.Dir(m)) == root }) {
			return root
		}
	}
	return q.dir
}

// withModules adds the modules to a step's mounts.
func (p *planner) withModules(mounts []slipway.Mount) []slipway.Mount {
	for i, plan := range p.modulePlans {
		last := plan.Steps[len(plan.Steps)-1]
		mounts = append(mounts, slipway.Mount{Target: fmt.Sprintf("%s/%d", moduleDir, i), ReadOnly: true, From: &slipway.Output{Step: last.Name, Mount: "/out"}})
	}
	return mounts
}

// ofRust are the patterns of what only Cargo reads.
func (p *planner) ofRust() []string {
	var patterns []string
	for _, q := range p.natives() {
		dir := repo.Literal(q.native.dir)
		patterns = append(patterns, path.Join(dir, "**/*.rs"), path.Join(dir, "Cargo.toml"), path.Join(dir, "Cargo.lock"), path.Join(dir, ".cargo"), path.Join(dir, "target"))
	}
	return patterns
}
