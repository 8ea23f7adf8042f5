package golang

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// onlyMain takes the only program there is, and never the first of several.
func (p *planner) onlyMain() error {
	all, err := p.searchAll()
	if err != nil {
		return err
	}
	switch len(all.mains) {
	case 0:
		return p.noMain(all)
	case 1:
		p.choose(all.mains[0], "the only package main")
		return nil
	default:
		if dir, ok := p.ofProcess(all.mains); ok {
			p.take(dir, p.process.e)
			return nil
		}
		if p.ofDockerfile(all.mains) {
			return nil
		}
		return p.severalMains(all.mains)
	}
}

// ofDockerfile takes the program that the Dockerfile beside the service is
// for, where it is one alone.
func (p *planner) ofDockerfile(mains []string) bool {
	var called []repo.Called
	for _, dir := range mains {
		name := strings.TrimPrefix(p.fromService(dir), "./")
		if name == "." { // any word may be that
			called = append(called, repo.Called{Started: []string{p.label(dir)}})
			continue
		}
		called = append(called, repo.Called{Started: []string{path.Base(dir)}, Built: []string{name, name + "/main.go"}})
	}
	i, e := repo.OfDockerfile(p.Service, called)
	if i < 0 {
		return false
	}
	p.take(mains[i], e)
	return true
}

// searchAll searches below the service's directory: in its module, or in
// each module of the workspace that it is the root of.
func (p *planner) searchAll() (*search, error) {
	all := &search{}
	for _, from := range p.searchRoots() {
		s, err := p.search(from)
		if err != nil {
			return nil, slipway.Errorf(slipway.CodeInvalid, "%s cannot be listed", repo.Show(from)).Because(err)
		}
		all.mains = append(all.mains, s.mains...)
		all.aside = append(all.aside, s.aside...)
		all.other = append(all.other, s.other...)
	}
	return all, nil
}

func (p *planner) searchRoots() []string {
	if p.layout.service != "" {
		return []string{p.Dir}
	}
	var roots []string
	for _, m := range p.layout.mains {
		if p.Dir == "." || strings.HasPrefix(m.dir, p.Dir+"/") {
			roots = append(roots, m.dir)
		}
	}
	return roots
}

func (p *planner) noMain(all *search) error {
	e := slipway.Errorf(slipway.CodeInvalid, "%s has no main package", repo.Show(p.Dir)).WithClass(slipway.ClassCode)
	switch {
	case len(all.aside) > 0:
		return e.WithHint("programs for developers are not taken for a service by themselves; name one if it is").
			WithDetails(p.programs(all.aside)...)
	case len(all.other) > 0:
		lines := make([]string, len(all.other))
		for i, dir := range all.other {
			lines[i] = "package in " + repo.Show(dir)
		}
		return e.WithHint("this looks like a library; a service is a package main with a func main, for example in cmd/NAME").
			WithDetails(lines...)
	default:
		return e.WithHint("no directory has a Go file for linux/amd64; a service is a package main with a func main")
	}
}

func (p *planner) severalMains(mains []string) error {
	slices.Sort(mains)
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has %d main packages", repo.Show(p.Dir), len(mains)).
		WithHint("choose one, or declare each as a service in slipway.yaml").
		WithDetails(slices.Concat(p.programs(mains), p.snippet(mains))...).
		WithClass(slipway.ClassCode)
}

// programs says of each program how to choose it.
func (p *planner) programs(dirs []string) []string {
	var lines []string
	for _, dir := range dirs[:min(len(dirs), maxListed)] {
		line := fmt.Sprintf("%s: --main %s", repo.Show(dir), repo.Quote(p.fromService(dir)))
		if name := path.Base(dir); dir == path.Join(p.Dir, "cmd", name) && slipway.ValidLabel(name) {
			line += fmt.Sprintf(", or --service TEAM/%s", name)
		}
		lines = append(lines, line)
	}
	if more := len(dirs) - maxListed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

// snippet is the slipway.yaml that makes each program a service.
func (p *planner) snippet(dirs []string) []string {
	lines := []string{"slipway.yaml:", "services:"}
	for _, dir := range dirs[:min(len(dirs), maxListed)] {
		lines = append(lines, "  - name: "+p.label(dir))
		if p.Dir != "." {
			lines = append(lines, "    path: "+repo.Quote(p.Dir))
		}
		lines = append(lines, "    main: "+repo.Quote(p.fromService(dir)))
	}
	return lines
}
