package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Names of what makes code.
const (
	stepTools    = "tools"
	stepGenerate = "generate"
	toolsDir     = "/tools"
	generatedDir = "/generated"
	overlay      = generatedDir + "/overlay.json"
)

// install compiles tools, each at its version, whatever the module says.
const install = `for tool; do go install "$tool"; done`

// generate runs what makes code, and keeps the files that were not there
// before, with the list by which the go command sees them among the sources
// (go help build, -overlay). It takes the tools of go.mod, the directories
// that must have code afterwards, and the commands; MODULE is where go.mod is.
const generate = `export PATH="/tmp/tools:` + toolsDir + `:$PATH"
tools=$1 missing=$2 commands=$3
for tool in $tools; do (cd "$MODULE" && GOBIN=/tmp/tools go install "$tool"); done
find . -type f | sort >/tmp/before
eval "$commands"
find . -type f | sort >/tmp/after
comm -13 /tmp/before /tmp/after >/tmp/made
separator='{"Replace":{'
while IFS= read -r file; do
  mkdir -p "` + generatedDir + `/${file%/*}"
  cp "$file" "` + generatedDir + `/$file"
  printf '%s"` + sourceDir + `/%s":"` + generatedDir + `/%s"' "$separator" "${file#./}" "${file#./}"
  separator=,
done </tmp/made >` + overlay + `
[ -s /tmp/made ] || printf '{"Replace":{' >` + overlay + `
echo '}}' >>` + overlay + `
for dir in $missing; do
  ls "` + generatedDir + `/$dir"/*.go >/dev/null 2>&1 || { echo "no Go files were made in $dir" >&2; exit 1; }
done`

// withGenerated adds the steps that make code, and lets the go command see it
// in the step that compiles.
func (p *planner) withGenerated(plan slipway.Plan, deps bool) slipway.Plan {
	g := p.generated
	if g == nil {
		return plan
	}
	var own, fetched []string
	for _, t := range g.tools {
		if t.version == "" {
			own = append(own, t.pkg)
		} else {
			fetched = append(fetched, t.pkg+"@"+t.version)
		}
	}
	if len(fetched) > 0 {
		plan.Steps = append(plan.Steps, toolsStep(fetched))
	}
	plan.Steps = append(plan.Steps, p.generateStep(own, len(fetched) > 0, deps))
	if len(g.debian) > 0 {
		plan = debian.AddBuild(plan, g.debian)
	}
	return plan
}

// withOverlay lets a step see the code that was made.
func (p *planner) withOverlay(s slipway.Step) slipway.Step {
	if p.generated == nil {
		return s
	}
	s.Env["GOFLAGS"] += " -overlay=" + overlay
	s.Mounts = append(s.Mounts, slipway.Mount{Target: generatedDir, ReadOnly: true, From: &slipway.Output{Step: stepGenerate, Mount: generatedDir}})
	return s
}

func toolsStep(packages []string) slipway.Step {
	return slipway.Step{
		Name: stepTools,
		Args: append([]string{"/bin/sh", "-euc", install, stepTools}, packages...),
		Dir:  "/",
		Env: map[string]string{
			"GOBIN": toolsDir, "GOFLAGS": "-trimpath -modcacherw", "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0",
			"GOENV": "/run/slipway/go.env", "GOMODCACHE": "/tmp/mod", "GOCACHE": buildCache,
		},
		Network: slipway.NetworkPackages,
		Mounts: []slipway.Mount{
			{Target: toolsDir, Output: true},
			{Target: buildCache, Cache: "go-build", Seed: seedCache},
		},
	}
}

func (p *planner) generateStep(own []string, fetched, deps bool) slipway.Step {
	g := p.generated
	var commands []string
	for _, m := range g.makers {
		commands = append(commands, "(cd "+command.Quoted(m.dir)+" && "+m.run+")")
	}
	env := p.goEnv()
	env["GOPROXY"], env["GOENV"], env["GOCACHE"], env["CGO_ENABLED"] = "off", "off", buildCache, "0"
	env["MODULE"] = path.Join(sourceDir, p.layout.root)
	s := slipway.Step{
		Name:    stepGenerate,
		Args:    []string{"/bin/sh", "-euc", generate, stepGenerate, strings.Join(own, " "), strings.Join(g.missing, " "), strings.Join(commands, "\n")},
		Dir:     sourceDir,
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts:  []slipway.Mount{{Target: sourceDir, Source: p.generateSources()}},
	}
	if fetched {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: toolsDir, ReadOnly: true, From: &slipway.Output{Step: stepTools, Mount: toolsDir}})
	}
	if deps {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: modCache, ReadOnly: true, From: &slipway.Output{Step: stepDeps, Mount: modCache}})
	}
	s.Mounts = append(s.Mounts,
		slipway.Mount{Target: buildCache, Cache: "go-build", Seed: seedCache},
		slipway.Mount{Target: generatedDir, Output: true})
	return s
}

// generateSources are the protocols and what the makers stand in, so that
// another change of the program makes no code anew; all sources where a
// script may read any.
func (p *planner) generateSources() *slipway.Source {
	g := p.generated
	if len(p.Declared.Inputs) > 0 || slices.ContainsFunc(g.makers, func(m maker) bool { return m.whole }) {
		return p.sources(p.irrelevant(withoutTestFiles))
	}
	names := slices.Concat(g.protos, p.layout.manifests())
	for _, m := range g.makers {
		names = append(names, m.file)
	}
	for _, name := range p.filesAround() {
		if base := path.Base(name); strings.HasPrefix(base, "buf.") && (path.Ext(base) == ".yaml" || path.Ext(base) == ".lock") {
			names = append(names, name)
		}
	}
	if p.layout.vendored {
		names = append(names, path.Join(p.layout.root, "vendor"))
	}
	slices.Sort(names)
	return &slipway.Source{Include: repo.Literals(slices.Compact(names))}
}
