package java

import (
	"io/fs"
	"path"
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// candidates lists the programs of some modules. What a build file says comes
// before what the sources show, and Spring Boot's mark before other main
// methods; with all, every one of them is listed.
func (p *planner) candidates(modules []module, all bool) ([]candidate, error) {
	var found []candidate
	for _, m := range modules {
		if len(m.mains) > 0 && !all {
			found = append(found, candidate{m, m.mains[0]})
			continue
		}
		for _, s := range m.mains {
			found = append(found, candidate{m, s})
		}
		entries, err := p.scanModule(m)
		if err != nil {
			return nil, err
		}
		if !all {
			entries = likely(entries)
		}
		for _, s := range entries {
			found = append(found, candidate{m, s.said})
		}
		if len(entries) == 0 && m.verticle.value != "" {
			found = append(found, candidate{m, m.launcher()})
		}
		if len(entries) == 0 && m.quarkus() {
			found = append(found, candidate{m, said{file: m.file, found: "a Quarkus application"}})
		}
		if len(entries) == 0 && m.helidon() {
			found = append(found, candidate{m, said{value: helidonMain, file: m.file, found: "a Helidon application"}})
		}
	}
	return found, nil
}

// shown is an entry of a source file of the tree.
type shown struct {
	said
	boot bool
}

// likely leaves out other main methods beside Spring Boot's.
func likely(entries []shown) []shown {
	var boot []shown
	for _, e := range entries {
		if e.boot {
			boot = append(boot, e)
		}
	}
	if len(boot) > 0 {
		return boot
	}
	return entries
}

// maxSources is how many source files of a module are searched for main
// methods; the largest single modules of public projects have about 10,000.
const maxSources = 20_000

// scanModule searches a module's sources.
func (p *planner) scanModule(m module) ([]shown, error) {
	var found []shown
	left := maxSources
	for _, dir := range m.sources {
		if !repo.IsDir(p.Tree, dir) && !repo.IsFile(p.Tree, dir) {
			continue
		}
		err := fs.WalkDir(p.Tree, dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || left == 0 {
				return err
			}
			if !slices.Contains([]string{".java", ".kt", ".scala", ".groovy"}, path.Ext(file)) {
				return nil
			}
			left--
			source, _, err := repo.Read(p.Tree, file)
			if err != nil {
				return nil //nolint:nilerr // a source that is too large to be read is compiled all the same
			}
			for _, e := range scan(file, source, javaRelease(m.release.value)) {
				found = append(found, shown{said{value: e.class, file: file, line: e.line, found: "a main method"}, e.boot})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
