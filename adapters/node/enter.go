package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// enterWorkspace finds which package of a workspace is the service, when its
// root was named: the root itself when it starts something, the one that the
// root's start script hands over to, the one of the service's name, the only
// one that can be started.
func (p *planner) enterWorkspace() error {
	root := p.space.root
	line := root.startScript()
	if p.Main != "" || p.Declared.Main != "" || p.Declared.Commands.Start.Given() {
		return nil
	}
	if member := p.space.handsOver(line); member != nil {
		p.enter(member, root.lines["scripts.start"], "start: "+line)
		return nil
	}
	if line != "" && !startsAll(line) {
		return nil
	}
	return p.chooseMember()
}

// startsAll tells whether a start script of a workspace's root is for all of
// its packages.
func startsAll(line string) bool {
	return toolNames(line)
}

// chooseMember takes the package of the service's name, or the only one that
// can be started.
func (p *planner) chooseMember() error {
	var can []*pkg
	for _, dir := range sortedKeys(p.space.members) {
		m := p.space.members[dir]
		if p.Name != "" && (path.Base(dir) == p.Name || m.Name == p.Name) {
			p.enter(m, 0, "the package of the service's name")
			return nil
		}
		if p.startable(m) {
			can = append(can, m)
		}
	}
	switch {
	case len(can) == 1:
		p.enter(can[0], 0, "the only package with something to start")
		return nil
	case len(can) == 0:
		return nil // the root may have an entry of its own; if not, findProgram says so
	}
	lines := make([]string, len(can))
	for i, m := range can {
		lines[i] = repo.Quote(m.dir) + ": chosen by --path " + repo.Quote(m.dir) + ", or by a service with `path: " + m.dir + "` in " + manifest.Name
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s is a workspace with %d packages that can be started", repo.Show(p.Dir), len(can)).
		WithHint("say which one is the service").WithDetails(lines...)
}

// enter goes on with a package of the workspace.
func (p *planner) enter(m *pkg, line int, found string) {
	p.note(slipway.Evidence{
		File: p.space.root.file(), Line: line, Found: found,
		Means: "the service is " + repo.Show(m.dir), Knob: "path: " + m.dir,
	})
	p.pkg, p.Dir = m, m.dir
}

// startable tells whether a package looks like a service rather than a
// library: it starts, or a framework of pages is in it.
func (p *planner) startable(m *pkg) bool {
	if m.startScript() != "" {
		return true
	}
	return slices.ContainsFunc(frameworks(), func(f framework) bool { return f.page && m.has(f.pkg) && m.Scripts["build"] != "" })
}

// handsOver gives the member that a line of the root runs a script of.
func (w workspace) handsOver(line string) *pkg {
	words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t=&;", r) })
	for i, word := range words {
		if !slices.Contains([]string{"-w", "--workspace", "--filter", "-F", "--prefix", "-C", "--dir", "cd", "--cwd", "workspace"}, word) || i+1 == len(words) {
			continue
		}
		name := strings.Trim(strings.TrimSuffix(words[i+1], "..."), `"'{}`)
		for dir, m := range w.members {
			if m.Name == name || dir == path.Join(w.root.dir, name) {
				return m
			}
		}
	}
	return nil
}
