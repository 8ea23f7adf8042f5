package python

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// health looks for a route of a usual name in the files that define an
// application, so that nobody has to say it; "" when there is none.
func (p *planner) health() string {
	said := p.djangoRoutes()
	var schema string
	root := false
	for _, c := range p.candidates() {
		said = append(said, p.modules[c.file].strings...)
		if strings.HasPrefix(c.origin, "fastapi.") && schema == "" {
			schema = ownPage(p.text(c.file))
		}
	}
	for _, m := range p.modules {
		root = root || slices.Contains(m.strings, "/")
	}
	best := ""
	for _, route := range said {
		if repo.HealthRank(route) > repo.HealthRank(best) {
			best = route
		}
	}
	if best == "" && !root {
		return schema
	}
	return best
}

var (
	schemaSaid = regexp.MustCompile(`\bopenapi_url\s*=\s*(None\b|["'](/[^"'{}]*)["'])?`)
	docsSaid   = regexp.MustCompile(`\bdocs_url\s*=`)
)

// ownPage is a page that FastAPI has by itself, which is not where it is by
// default when the application says another place; "" when it is turned off.
func ownPage(text string) string {
	said := schemaSaid.FindStringSubmatch(text)
	switch {
	case said == nil:
		return "/openapi.json"
	case said[2] != "":
		return said[2]
	case said[1] == "" && !docsSaid.MatchString(text):
		return "/docs"
	}
	return ""
}

// djangoRoutes are the strings of the module that the settings name for the
// routes of the whole project, as paths.
func (p *planner) djangoRoutes() []string {
	d := p.start.django
	if d == nil {
		return nil
	}
	for _, file := range d.files {
		value := p.modules[file].assigned["ROOT_URLCONF"]
		if len(value) != 1 || value[0].kind != stringToken {
			continue
		}
		if m := p.modules[path.Join(d.dir, strings.ReplaceAll(value[0].text, ".", "/")+".py")]; m != nil {
			var routes []string
			for _, s := range m.strings {
				routes = append(routes, "/"+s)
			}
			return routes
		}
	}
	return nil
}
