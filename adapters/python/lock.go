package python

import (
	"bufio"
	"bytes"
	"io/fs"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// fromLock collects the names of a lock file, and refuses one that lacks what
// the project asks for. Only names are read: a lock file can be large.
func (p *planner) fromLock() error {
	if p.manager.lock == "" || p.manager.name == pip && !p.manager.standard() {
		return nil
	}
	if info, err := fs.Stat(p.Tree, p.manager.lock); err != nil || info.Size() > repo.MaxFile {
		return nil //nolint:nilerr // the installer reads it whole; here it would only have said more
	}
	data, _, err := repo.Read(p.Tree, p.manager.lock)
	if err != nil {
		return err
	}
	if p.manager.name == pdm && !bytes.Contains(data, []byte(`"inherit_metadata"`)) {
		return slipway.Errorf(slipway.CodeInvalid, "%s does not say which package is for whom: it lacks the strategy inherit_metadata", repo.Quote(p.manager.lock)).
			WithHint("run `pdm lock --update-reuse --strategy inherit_metadata` in %s with PDM 2.11 or newer, and commit the result", repo.Show(p.Dir)).
			WithClass(slipway.ClassCode)
	}
	names := lockedNames(data)
	if p.manager.member == "" { // of a workspace the lock has packages that only others need
		p.deps.locked = names
	}
	if p.project == nil {
		return nil
	}
	return p.inStep(names, p.project.file)
}

// inStep refuses a lock that lacks something that the file beside it asks for.
func (p *planner) inStep(names map[string]bool, file string) error {
	command := p.manager.name + " lock"
	if p.manager.standard() {
		command = "pip lock` or `uv export --format pylock.toml -o pylock.toml"
	}
	for _, d := range p.deps.direct {
		if !names[d.name] {
			return slipway.Errorf(slipway.CodeInvalid, "%s is out of step with %s", repo.Quote(p.manager.lock), repo.Quote(file)).
				WithHint("run `%s` in %s and commit the result", command, repo.Show(p.manager.root)).
				WithDetails(repo.Place(d.file, d.line) + ": asks for " + d.name + ", which is not locked").WithClass(slipway.ClassCode)
		}
	}
	return nil
}

// lockedNames are the names in the [[package]] tables of a lock file.
func lockedNames(data []byte) map[string]bool {
	names := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, repo.MaxFile+1)
	fresh := false
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			fresh = line == "[[package]]" || line == "[[packages]]"
		}
		if value, ok := strings.CutPrefix(line, "name = "); ok && fresh {
			names[normal(strings.Trim(value, `"`))] = true
			fresh = false
		}
	}
	return names
}
