// Package junit gives the step that runs a service's own tests and keeps
// their reports.
package junit

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// Step is the name of the step.
const Step = "test"

// Command is the argument of the step that is the tests' own command.
const Command = 4

const outputDir = "/results"

// run ends with 0 whatever the tests do: only then their reports can be read.
// Reports of the same name in several directories keep their paths.
const run = `command=$1
shift
status=0
/bin/sh -c "$command" || status=$?
mkdir -p ` + outputDir + `/` + slipway.TestsReports + `
for pattern; do
  for file in $pattern; do
    [ -f "$file" ] || continue
    cp "$file" "` + outputDir + `/` + slipway.TestsReports + `/$(printf %s "$file" | tr / -)"
  done
done
echo "$status" >` + outputDir + `/` + slipway.TestsExit

// Add gives the plan that runs the declared tests, in dir of a step that is
// like base: its sources, which the tests may write beside, its dependencies,
// its environment, and no network. Nothing of it gets into the image.
func Add(p slipway.Plan, t manifest.Tests, base slipway.Step, dir string) slipway.Plan {
	s := base
	s.Name = Step
	s.Args = append([]string{"/bin/sh", "-euc", run, "test", t.Command.Script()}, t.Reports...)
	s.Dir = dir
	s.Network = slipway.NetworkNone
	s.Mounts = nil
	for _, m := range base.Mounts {
		if m.Output {
			continue
		}
		if m.Source != nil {
			m.ReadOnly = false
		}
		s.Mounts = append(s.Mounts, m)
	}
	s.Mounts = append(s.Mounts, slipway.Mount{Target: outputDir, Output: true})
	p.Steps = append(p.Steps, s)
	p.Tests = &slipway.Tests{Output: slipway.Output{Step: Step, Mount: outputDir}}
	p.Evidence = append(p.Evidence, slipway.Evidence{
		File: manifest.Name, Found: "tests: " + t.Command.String(),
		Means: "run in the build, in " + path.Clean(dir) + ", without a network; when they fail there is no image",
	})
	return p
}
