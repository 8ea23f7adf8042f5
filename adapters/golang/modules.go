package golang

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findModules reads the layout around the service's directory, by the rules
// of the go command: the nearest go.mod and the nearest go.work, upwards.
func (p *planner) findModules() error {
	modDir, inModule := p.upwards(modFile)
	workDir, inWork := p.upwards(workFile)
	if inWork {
		if err := p.readWorkspace(workDir); err != nil {
			return err
		}
		if inModule && !p.layout.has(modDir) {
			p.leaveWorkspace(workDir)
			inWork = false
		}
	}
	switch {
	case inModule && !inWork:
		m, err := p.readModule(modDir)
		if err != nil {
			return err
		}
		p.layout.root, p.layout.mains = modDir, []module{m}
	case !inModule && !inWork:
		return slipway.Errorf(slipway.CodeNotFound, "%s belongs to no Go module", repo.Show(p.Dir)).
			WithHint("`go mod init PATH` makes one")
	}
	p.layout.service = modDir
	if !inModule {
		p.layout.service = ""
	}
	if err := p.findVendor(); err != nil {
		return err
	}
	return p.findReplaced()
}

// upwards looks for a file in the service's directory and in those above.
func (p *planner) upwards(name string) (dir string, ok bool) {
	for dir = p.Dir; ; dir = path.Dir(dir) {
		if repo.IsFile(p.Tree, path.Join(dir, name)) {
			return dir, true
		}
		if dir == "." {
			return "", false
		}
	}
}

// needsDownload tells whether any module of the tree requires one that is
// not in the tree: without such there is no step.
func (p *planner) needsDownload() bool {
	if p.layout.vendored {
		return false
	}
	for _, m := range p.layout.local() {
		if m.requiresOther(p.layout) {
			return true
		}
	}
	return false
}

// checkSums refuses what the go command would refuse after a download.
func (p *planner) checkSums() error {
	if p.layout.vendored || repo.IsFile(p.Tree, path.Join(p.layout.root, workSum)) {
		return nil
	}
	for _, m := range p.layout.mains {
		sum := path.Join(m.dir, sumFile)
		if m.requiresOther(p.layout) && !repo.IsFile(p.Tree, sum) {
			return slipway.Errorf(slipway.CodeInvalid, "%s is missing, and %s requires modules", repo.Quote(sum), repo.Quote(m.manifest())).
				WithHint("run `go mod tidy` in %s and commit go.sum", repo.Show(m.dir)).
				WithDetails(m.requirement()).WithClass(slipway.ClassCode)
		}
	}
	return nil
}
