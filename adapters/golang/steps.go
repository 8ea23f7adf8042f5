package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Directories of the build image. They are those of the official images,
// so that what a step says looks familiar. seedCache is the standard library
// as the recipe of the Go stack compiles it (buildpacks/recipes/go/seed.sh).
const (
	sourceDir  = "/src"
	modCache   = "/go/pkg/mod"
	buildCache = "/root/.cache/go-build"
	zipCache   = "/var/cache/go-mod"
	outputDir  = "/out"
	dataDir    = "/files"
	seedCache  = "/usr/local/go-cache"
)

// Names of the steps.
const (
	stepDeps    = "deps"
	stepCompile = "compile"
	stepData    = "files"
)

// download fills the step's module cache. What the previous run had
// downloaded is laid into the cache first, without the recorded hashes, so
// that the go command checks every archive against go.sum again. A cache
// that does not pass is dropped, never trusted: it only makes the step
// faster. The new set replaces the old by a rename, so that a step that is
// killed leaves the old one or none; and it is that set alone, so that the
// cache does not grow.
const download = `keep=` + zipCache + `/download
have=` + modCache + `/cache/download
if [ -d "$keep" ]; then
  mkdir -p "$have"
  cp -r "$keep/." "$have/"
  find "$have" -name '*.ziphash' -delete
  if ! go mod download; then
    echo 'again, without what earlier builds had downloaded' >&2
    rm -rf "$keep" "$have"
    go mod download
  fi
else
  go mod download
fi
rm -rf "$keep.new"
cp -r "$have" "$keep.new"
rm -rf "$keep"
mv "$keep.new" "$keep"`

// goEnv is the go command's environment in every step: the toolchain of the
// stack and no other, and no flag from elsewhere.
func (p *planner) goEnv() map[string]string {
	flags := "-mod=readonly -modcacherw"
	if p.layout.vendored {
		flags = "-mod=vendor"
	}
	return map[string]string{
		"GOFLAGS":     flags,
		"GOTOOLCHAIN": "local",
		"GOMODCACHE":  modCache,
		"GOWORK":      p.layout.goWork(),
	}
}

// depsStep downloads modules. It sets no GOPROXY, GOPRIVATE or the like:
// those are the organisation's, in the file that GOENV names.
func (p *planner) depsStep() slipway.Step {
	env := p.goEnv()
	env["GOENV"] = "/run/slipway/go.env"
	return slipway.Step{
		Name:    stepDeps,
		Args:    []string{"/bin/sh", "-euc", download},
		Dir:     path.Join(sourceDir, p.layout.root),
		Env:     env,
		Network: slipway.NetworkPackages,
		Mounts: []slipway.Mount{
			{Target: sourceDir, ReadOnly: true, Source: &slipway.Source{Include: repo.Literals(p.layout.manifests())}},
			{Target: modCache, Output: true},
			{Target: zipCache, Cache: "go-mod"},
		},
	}
}

func (p *planner) compileStep(deps bool) slipway.Step {
	env := p.goEnv()
	env["GOPROXY"] = "off"
	env["GOENV"] = "off"
	env["GOCACHE"] = buildCache
	env["CGO_ENABLED"] = "0"
	if p.cgo {
		env["CGO_ENABLED"] = "1"
	}
	if len(p.experiments) > 0 {
		env[experimentVariable] = strings.Join(p.experiments, ",")
	}
	step := slipway.Step{
		Name:    stepCompile,
		Args:    p.buildCommand(),
		Dir:     path.Join(sourceDir, p.layout.root),
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts:  []slipway.Mount{{Target: sourceDir, ReadOnly: true, Source: p.sources(slices.Concat(p.irrelevant(withoutTestFiles), p.onlyRead()))}},
	}
	if deps {
		step.Mounts = append(step.Mounts, slipway.Mount{Target: modCache, ReadOnly: true, From: &slipway.Output{Step: stepDeps, Mount: modCache}})
	}
	step.Mounts = append(step.Mounts,
		slipway.Mount{Target: buildCache, Cache: "go-build", Seed: seedCache},
		slipway.Mount{Target: outputDir, Output: true})
	if p.custom() {
		return p.customStep(step)
	}
	return step
}

// buildCommand is the go command that makes the program. It needs a shell
// only to put the commit into it: then compile gives SLIPWAY_REVISION, and
// SLIPWAY_VERSION for a commit with a version tag.
func (p *planner) buildCommand() []string {
	flags := "-s -w"
	stamp := p.Declared.Stamp
	if stamp != nil {
		if stamp.Version != "" {
			flags += " -X " + stamp.Version + "=${SLIPWAY_VERSION:-$SLIPWAY_REVISION}"
		}
		if stamp.Revision != "" {
			flags += " -X " + stamp.Revision + "=$SLIPWAY_REVISION"
		}
	}
	args := []string{"-trimpath", "-buildvcs=false"}
	if len(p.Declared.Tags) > 0 {
		args = append(args, "-tags="+strings.Join(p.Declared.Tags, ","))
	}
	args = append(args, "-o", path.Join(outputDir, p.name()), p.main.target(p.layout.root))
	if stamp == nil {
		return slices.Concat([]string{"go", "build", "-ldflags=" + flags}, args)
	}
	return slices.Concat([]string{"/bin/sh", "-euc", `exec go build "-ldflags=` + flags + `" "$@"`, "go-build"}, args)
}

// pick copies files, each named by the directory it is below and its name
// there.
const pick = `while [ $# -gt 0 ]; do
  cd "$1"
  cp -a --parents -- "$2" ` + dataDir + `/
  shift 2
done`

func (p *planner) dataStep() slipway.Step {
	args := []string{"/bin/sh", "-euc", pick, "files"}
	names := make([]string, len(p.data))
	for i, d := range p.data {
		names[i] = path.Join(d.base, d.name)
		args = append(args, path.Join(sourceDir, d.base), d.name)
	}
	return slipway.Step{
		Name:    stepData,
		Args:    args,
		Dir:     sourceDir,
		Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{
			{Target: sourceDir, ReadOnly: true, Source: &slipway.Source{Include: repo.Literals(names)}},
			{Target: dataDir, Output: true},
		},
	}
}
