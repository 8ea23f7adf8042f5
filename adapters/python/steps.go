package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Names of the steps.
const (
	stepDeps      = "deps"
	stepBuildDeps = "build-deps"
	stepTestDeps  = "test-deps"
	stepBuild     = "build"
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
	return &slipway.Source{Include: repo.Literals(slices.Compact(files))}
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
	if p.manager.whole { // the history that these look into is not there
		env["SETUPTOOLS_SCM_PRETEND_VERSION"], env["PDM_BUILD_SCM_VERSION"], env["POETRY_DYNAMIC_VERSIONING_BYPASS"] = "0.0.0", "0.0.0", "0.0.0"
	}
	if p.manager.name == poetry {
		env["POETRY_CACHE_DIR"] = "/tmp/poetry"
		env["POETRY_VIRTUALENVS_CREATE"] = "false"
		env["POETRY_KEYRING_ENABLED"] = "false"
	}
	return env
}

// relative is a name of the tree as seen from one of its directories.
func relative(dir, name string) string {
	if rest, ok := strings.CutPrefix(name, prefix(dir)); ok {
		return rest
	}
	return path.Join(appDir, name)
}
