package python

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Names of the steps.
const (
	stepDeps     = "deps"
	stepTestDeps = "test-deps"
	stepBuild    = "build"
)

// Directories in the steps and in the image. They are the same in both: what
// is installed and compiled has them written into it.
const (
	appDir   = "/app"
	venvDir  = appDir + "/.venv"
	builtDir = "/built"
	uvCache  = "/var/cache/uv"
	pipCache = "/var/cache/pip"
	locked   = "/tmp/locked.txt"
)

// Versions of the tools for build images that do not have them.
const (
	uvVersion           = "0.13.9"
	poetryVersion       = "2.5.1"
	poetryExportVersion = "1.10.1"
)

// begin makes the environment. It gets no pip: nothing is installed into an
// image. uv.toml of the organisation is read as the user's own, so that the
// project's settings stay above it.
const begin = `venv=` + venvDir + `
new() {
  find "$venv" -mindepth 1 -delete
  python3 -m venv --without-pip "$venv"
  rm -f "$venv"/bin/activate* "$venv"/bin/Activate.ps1
}
new
if [ -f /run/slipway/uv.toml ]; then
  mkdir -p /root/.config/uv
  ln -sf /run/slipway/uv.toml /root/.config/uv/uv.toml
fi
`

// install tries uv, which is many times as fast, and asks pip where there is
// no uv or uv refuses: it takes some packages that uv does not, and its
// messages are those that everybody knows.
const install = `if ! command -v uv >/dev/null || ! uv pip install --python "$venv/bin/python" --index-strategy unsafe-best-match "$@"; then
  ! command -v uv >/dev/null || echo 'uv could not install them; once more with pip' >&2
  new
  python3 -m pip --python "$venv/bin/python" install --no-compile --prefer-binary --no-input --progress-bar off --root-user-action ignore "$@"
fi
`

// finish leaves bytecode that is valid whatever the time of its source is:
// all files of a layer have one. Sources of other Pythons, which some
// packages carry, do not compile, and need not.
const finish = `find "$venv" -name __pycache__ -prune -exec rm -rf {} +
find "$venv" -name direct_url.json -delete
python3 -m compileall -qq -j 0 --invalidation-mode unchecked-hash "$venv"/lib/python*/site-packages || true
`

// installs tells whether the image has an environment of its own.
func (p *planner) installs() bool { return p.needsNetwork() || p.describes() }

// needsNetwork tells whether there is anything to install.
func (p *planner) needsNetwork() bool {
	m := p.manager
	return m.requirements != "" || len(m.lines) > 0 || m.name == poetry || m.lock != "" || m.whole
}

func (p *planner) describes() bool {
	return slices.ContainsFunc(p.parties, func(q party) bool { return q.about() != "" })
}

// depsStep installs what the service needs, and with dev what its tests need
// as well.
func (p *planner) depsStep(name string, dev bool) slipway.Step {
	script, args := p.installScript(dev)
	step := slipway.Step{
		Name:    name,
		Args:    append([]string{"/bin/sh", "-euc", script, "deps"}, args...),
		Dir:     path.Join(appDir, p.manager.root),
		Env:     p.depsEnv(),
		Network: slipway.NetworkNone,
	}
	if src := p.depsSource(dev); src != nil {
		step.Mounts = append(step.Mounts, slipway.Mount{Target: appDir, Source: src})
	}
	step.Mounts = append(step.Mounts, slipway.Mount{Target: venvDir, Output: true})
	if p.needsNetwork() {
		step.Network = slipway.NetworkPackages
		step.Mounts = append(step.Mounts, slipway.Mount{Target: uvCache, Cache: "uv"}, slipway.Mount{Target: pipCache, Cache: "pip"})
	}
	return step
}

func (p *planner) depsSource(dev bool) *slipway.Source {
	if p.manager.whole {
		return p.sources()
	}
	files := slices.Clone(p.manager.files)
	if dev {
		files = append(files, p.developerRequirements().files...)
	}
	if len(files) == 0 {
		return nil
	}
	slices.Sort(files)
	return &slipway.Source{Include: literals(slices.Compact(files))}
}

// depsEnv is the installers' environment. -g0 leaves out of what is compiled
// the names of directories that another build would have otherwise.
func (p *planner) depsEnv() map[string]string {
	env := map[string]string{
		"UV_CACHE_DIR": uvCache, "UV_LINK_MODE": "copy", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": venvDir + "/bin/python",
		"PIP_CACHE_DIR": pipCache, "PIP_DISABLE_PIP_VERSION_CHECK": "1",
		"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
		"CFLAGS": "-g0", "CXXFLAGS": "-g0",
	}
	if p.manager.name == poetry {
		env["POETRY_CACHE_DIR"] = "/tmp/poetry"
		env["POETRY_VIRTUALENVS_CREATE"] = "false"
		env["POETRY_KEYRING_ENABLED"] = "false"
	}
	return env
}

// installScript gives the script and its arguments, which are the
// installer's.
func (p *planner) installScript(dev bool) (string, []string) {
	var b strings.Builder
	b.WriteString(begin)
	args := p.arguments(dev)
	local := p.manager.local
	if dev {
		local = append(slices.Clone(local), p.developerRequirements().local...)
	}
	b.WriteString(withoutLocal(local))
	switch {
	case p.manager.name == uv && p.manager.lock != "":
		b.WriteString(p.uvExport(dev))
	case p.manager.name == poetry:
		b.WriteString(p.poetryExport(dev))
	}
	if p.needsNetwork() {
		b.WriteString(install)
	}
	b.WriteString("site=$(echo \"$venv\"/lib/python*/site-packages)\n")
	for _, q := range p.parties {
		if !p.manager.whole || q.dir != p.Dir {
			b.WriteString(q.about())
		}
	}
	b.WriteString(finish)
	return b.String(), args
}

// arguments name what is installed.
func (p *planner) arguments(dev bool) []string {
	m := p.manager
	var args []string
	if m.requirements == "" && (m.name == uv && m.lock != "" || m.name == poetry) {
		args = append(args, "-r", locked)
	}
	if m.requirements != "" {
		args = append(args, "-r", relative(m.root, m.requirements))
	}
	args = append(args, m.lines...)
	if dev {
		for _, name := range developerFiles() {
			if file := p.in(name); m.name == pip && repo.IsFile(p.Tree, file) {
				args = append(args, "-r", relative(m.root, file))
			}
		}
		args = append(args, p.developerLines()...)
	}
	if m.whole {
		args = append(args, ".")
	}
	if m.hashed && !dev && m.name == pip {
		args = append([]string{"--require-hashes"}, args...)
	}
	for _, url := range p.indexes() {
		args = append([]string{"--extra-index-url", url}, args...)
	}
	return args
}

// indexes are those that a project of uv names; a lock file's export has
// them not.
func (p *planner) indexes() []string {
	if p.project == nil || p.project.Tool.UV == nil {
		return nil
	}
	var urls []string
	for _, index := range p.project.Tool.UV.Index {
		if index.URL != "" {
			urls = append(urls, index.URL)
		}
	}
	return urls
}

// fetch brings a tool that the build image may lack.
func fetch(program string, packages ...string) string {
	return "command -v " + program + " >/dev/null || python3 -m pip install --quiet --no-input --root-user-action ignore " + strings.Join(packages, " ") + "\n"
}

func (p *planner) uvExport(dev bool) string {
	line := "uv export --quiet --frozen --no-emit-local --no-header --no-annotate --format requirements.txt --output-file " + locked
	if dev {
		line += " --all-groups --all-extras"
	} else {
		line += " --no-default-groups --no-dev"
	}
	if p.manager.member != "" {
		line += " --package " + quoted(p.manager.member)
	}
	return fetch("uv", "uv=="+uvVersion) + line + "\n"
}

// poetryExport leaves packages of the tree out: their files are in the image.
func (p *planner) poetryExport(dev bool) string {
	b := fetch("poetry", "poetry=="+poetryVersion, "poetry-plugin-export=="+poetryExportVersion)
	if p.manager.lock == "" {
		b += "poetry lock --no-interaction\n"
	}
	line := "poetry export --no-interaction --format requirements.txt --output /tmp/exported.txt"
	if dev {
		line += " --all-groups"
	}
	return b + line + "\ngrep -v 'file:///app' /tmp/exported.txt >" + locked + " || true\n"
}

// withoutLocal takes the packages of the tree out of the requirements files:
// their files are in the image, and what they need is asked for by name.
func withoutLocal(all []localRequirement) string {
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintf(&b, "sed -i '%ds/^/# /' %s\n", l.line, quoted(path.Join(appDir, l.file)))
	}
	return b.String()
}

// developerRequirements are the requirements files of the tests, with what
// they include.
func (p *planner) developerRequirements() requirements {
	r := requirements{files: slices.Clone(p.manager.files)}
	if p.manager.name != pip {
		return requirements{}
	}
	for _, name := range developerFiles() {
		if file := p.in(name); repo.IsFile(p.Tree, file) {
			if err := r.read(p.Tree, file, file); err != nil {
				return requirements{} // the step says so, when tests are declared
			}
		}
	}
	r.files = r.files[len(p.manager.files):]
	return r
}

// developerLines are the extras and groups of a project that tests use.
func (p *planner) developerLines() []string {
	if p.project == nil || p.project.Project == nil || p.manager.lock != "" {
		return nil
	}
	var lines []string
	for _, name := range []string{"dev", "test", "tests", "testing"} {
		lines = append(lines, p.project.Project.Optional[name]...)
		lines = append(lines, strs(p.project.Groups[name])...)
	}
	return lines
}

// buildScript runs the build in the program's own place, compiles the
// program, and leaves it without what is laid over it.
const buildScript = `script=$1
(eval "$script")
cd ` + appDir + `
python3 -m compileall -qq -j 0 --invalidation-mode unchecked-hash -x '/\.venv/' . || true
find . -mindepth 1 -maxdepth 1 ! -name .venv -exec cp -a {} ` + builtDir + `/ \;
find ` + builtDir + ` -type f -links +1 -exec sh -c 'for f; do cp -p "$f" "$f.~" && mv -f "$f.~" "$f"; done' sh {} +`

// buildStep is given what it runs by an argument, so that a command of many
// lines stays one.
func (p *planner) buildStep(deps string) slipway.Step {
	env := p.runEnv()
	env["PATH"] = venvDir + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	env["PYTHONHASHSEED"] = "0"
	env["PYTHONDONTWRITEBYTECODE"] = "1"
	maps.Copy(env, p.build.env)
	for name, value := range p.Declared.BuildEnv { // a person's own value, where there is a made-up one
		env[name] = value
	}
	step := slipway.Step{
		Name:    stepBuild,
		Args:    []string{"/bin/sh", "-euc", buildScript, stepBuild, p.build.script},
		Dir:     path.Join(appDir, p.build.dir),
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts:  []slipway.Mount{{Target: appDir, Source: p.sources()}},
	}
	if deps != "" {
		step.Mounts = append(step.Mounts, slipway.Mount{Target: venvDir, ReadOnly: true, From: &slipway.Output{Step: deps, Mount: venvDir}})
	}
	step.Mounts = append(step.Mounts, slipway.Mount{Target: builtDir, Output: true})
	return step
}

// testBase is a step like the build's, with the tests among its sources and
// what they need among its dependencies.
func (p *planner) testBase(deps string) slipway.Step {
	base := p.buildStep(deps)
	base.Mounts[0].Source = p.sourcesWith(true)
	return base
}

// relative is a name of the tree as seen from one of its directories.
func relative(dir, name string) string {
	if rest, ok := strings.CutPrefix(name, prefix(dir)); ok {
		return rest
	}
	return path.Join(appDir, name)
}
