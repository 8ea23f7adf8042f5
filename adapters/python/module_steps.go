package python

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Names of the steps, and directories in them.
const (
	stepTools = "build-tools"
	toolsDir  = "/tools"
	moduleDir = "/module"
)

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
			b.WriteString("[ -f " + command.Quoted(path.Join(dir, name)) + " ] || : >" + command.Quoted(path.Join(dir, name)) + "\n")
		}
	}
	for _, root := range q.roots { // and the directories
		b.WriteString("mkdir -p " + command.Quoted(path.Join("/src", root)) + "\n")
	}
	b.WriteString("rm -rf /tmp/wheel\nPATH=" + toolsDir + "/bin:$PATH PYTHONPATH=" + toolsDir + " SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0 SETUPTOOLS_RUST_CARGO_PROFILE=release ")
	b.WriteString("python3 -m pip wheel --quiet --no-build-isolation --no-deps --no-index --disable-pip-version-check --wheel-dir /tmp/wheel " + command.Quoted(dir))
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

// placeModule lays a compiled module into the package that imports it. What the
// repository has itself stays.
const placeModule = `place() {
  (cd "$1" && find . -type f) | while read -r file; do
    [ ! -e "$2/$file" ] || continue
    mkdir -p "$(dirname "$2/$file")"
    cp "$1/$file" "$2/$file"
  done
}
`

// placing is the script that lays all of them; "" without any.
func (p *planner) placing() string {
	if len(p.natives()) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(placeModule)
	for i, q := range p.natives() {
		fmt.Fprintf(&b, "place %s/%d %s\n", moduleDir, i, command.Quoted(path.Join(appDir, p.moduleRoot(q))))
	}
	return b.String()
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
