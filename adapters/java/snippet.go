package java

import (
	"cmp"
	"path"

	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// snippet declares the programs of several modules as a service each, for
// the one who asks; nothing where a module has two, for then they may be one
// service and a tool of it.
func (p *planner) snippet(all []candidate) []string {
	const most = 20
	seen := map[string]bool{}
	lines := []string{manifest.Name + ":", "services:"}
	for _, c := range all[:min(len(all), most)] {
		name := repo.Label(path.Base(c.module.dir))
		if c.module.dir == "." || seen[name] {
			return nil
		}
		seen[name] = true
		lines = append(lines, "  - name: "+name)
		if p.Dir != "." {
			lines = append(lines, "    path: "+repo.Quote(p.Dir))
		}
		lines = append(lines, "    main: "+cmp.Or(c.class.value, "./"+below(p.Dir, c.module.dir)))
	}
	return lines
}
