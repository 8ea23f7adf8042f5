package python

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

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
