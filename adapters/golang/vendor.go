package golang

import (
	"path"
	"strings"

	mod "golang.org/x/mod/module"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findVendor looks for vendored dependencies. The list in vendor/modules.txt
// says whether they were written for a workspace; the other kind is ignored,
// as by the go command.
func (p *planner) findVendor() error {
	name := path.Join(p.layout.root, vendorList)
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil || !ok {
		return err
	}
	text := string(data)
	if forWorkspace := strings.HasPrefix(text, "## workspace"); forWorkspace != (p.layout.work != nil) {
		return nil
	}
	if p.layout.work == nil { // of a workspace the list has the versions that were selected, not those of one go.mod
		if err := consistent(p.layout.mains[0], name, text); err != nil {
			return err
		}
	}
	p.layout.vendored, p.layout.vendorList = true, text
	p.note(slipway.Evidence{File: name, Found: "vendored dependencies", Means: "nothing is downloaded (-mod=vendor)"})
	return nil
}

// consistent compares the list with the requirements, as the go command does
// since 1.14 (cmd/go/internal/modload/vendor.go): what go.mod requires must
// be in the list, in that version and marked explicit.
func consistent(m module, name, text string) error {
	explicit := map[mod.Version]bool{}
	var current mod.Version
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			f := strings.Fields(rest)
			current = mod.Version{}
			if len(f) >= 2 && f[1] != "=>" {
				current = mod.Version{Path: f[0], Version: f[1]}
			}
		} else if marks, ok := strings.CutPrefix(line, "## "); ok && current.Path != "" {
			for mark := range strings.SplitSeq(marks, ";") {
				if strings.TrimSpace(mark) == "explicit" {
					explicit[current] = true
				}
			}
		}
	}
	for _, r := range m.file.Require {
		if !explicit[r.Mod] {
			return slipway.Errorf(slipway.CodeInvalid, "%s does not agree with %s", repo.Quote(name), repo.Quote(m.manifest())).
				WithHint("run `go mod vendor` in %s and commit the result", repo.Show(m.dir)).
				WithDetails(repo.Place(m.manifest(), r.Syntax.Start.Line) + ": requires " + repo.Quote(r.Mod.String()) + ", which is not in the list").
				WithClass(slipway.ClassCode)
		}
	}
	return nil
}
