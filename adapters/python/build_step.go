package python

import (
	"maps"
	"path"

	"github.com/slipway-ci/slipway"
)

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
	maps.Copy(env, p.Declared.BuildEnv) // a person's own value, where there is a made-up one
	step := slipway.Step{
		Name:    stepBuild,
		Args:    []string{"/bin/sh", "-euc", buildScript, stepBuild, p.placing() + p.build.script},
		Dir:     path.Join(appDir, p.build.dir),
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts:  []slipway.Mount{{Target: appDir, Source: p.sources()}},
	}
	if deps != "" {
		step.Mounts = append(step.Mounts, slipway.Mount{Target: venvDir, ReadOnly: true, From: &slipway.Output{Step: deps, Mount: venvDir}})
	}
	step.Mounts = append(p.withModules(step.Mounts), slipway.Mount{Target: builtDir, Output: true})
	return step
}

// testBase is a step like the build's, with the tests among its sources and
// what they need among its dependencies.
func (p *planner) testBase(deps string) slipway.Step {
	base := p.buildStep(deps)
	base.Mounts[0].Source = p.sourcesWith(true)
	return base
}
