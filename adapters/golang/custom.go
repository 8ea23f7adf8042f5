package golang

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/junit"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// outputVariable names the file that a declared build command leaves.
const outputVariable = "SLIPWAY_OUTPUT"

// custom tells whether slipway.yaml says how the program is built.
func (p *planner) custom() bool { return p.Declared.Commands.Build.Given() }

// customMain is the program of a declared build command: nobody but that
// command needs to know where it is.
func (p *planner) customMain() {
	c := p.Declared.Commands.Build
	p.main = program{dir: p.Dir}
	p.note(slipway.Evidence{
		File: manifest.Name, Line: p.Declared.Line("commands.build"), Found: "build: " + c.String(),
		Means: "run instead of go build; it leaves the program at $" + outputVariable,
	})
}

// checked runs the declared command, and sees that a program came out of it.
const checked = `/bin/sh -euc "$1"
if [ ! -f "$` + outputVariable + `" ]; then
  echo "the build command left no program at \$` + outputVariable + `, which is $` + outputVariable + `" >&2
  exit 1
fi
chmod a+rx "$` + outputVariable + `"`

// customStep is the compile step with the declared command, which may also
// write beside the sources.
func (p *planner) customStep(s slipway.Step) slipway.Step {
	s.Args = []string{"/bin/sh", "-euc", checked, "build", p.Declared.Commands.Build.Script()}
	s.Dir = path.Join(sourceDir, p.Dir)
	s.Env[outputVariable] = path.Join(outputDir, p.name())
	s.Mounts = writable(s.Mounts)
	return s
}

// writable gives the mounts with those of the sources open to writes, which
// stay in the step.
func writable(mounts []slipway.Mount) []slipway.Mount {
	open := make([]slipway.Mount, len(mounts))
	for i, m := range mounts {
		if m.Source != nil {
			m.ReadOnly = false
		}
		open[i] = m
	}
	return open
}

// withTests adds the declared tests: a step like the one that compiles, with
// the test files.
func (p *planner) withTests(plan slipway.Plan, base slipway.Step) slipway.Plan {
	if p.Declared.Tests == nil {
		return plan
	}
	mounts := make([]slipway.Mount, len(base.Mounts))
	for i, m := range base.Mounts {
		if m.Source != nil {
			m.Source = p.sources(p.irrelevant(withTestFiles))
		}
		mounts[i] = m
	}
	base.Mounts = mounts
	return junit.Add(plan, *p.Declared.Tests, base, path.Join(sourceDir, p.Dir))
}
