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
		said = append(said, routes(p.text(c.file))...)
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
	pathSaid = regexp.MustCompile(`["'](/[\w/-]{1,40})["']`)
	// notServed is what stands before a path that others serve, or that answers
	// something else than GET.
	notServed = regexp.MustCompile(`(?:\.(?:post|put|patch|delete|websocket)\(|redirect\(|\+|(?:href|src|action)\s*=|(?:requests|httpx|client|session|urllib3?|http)\.get\(|prefix\s*=)\s*$`)
	postAlone = regexp.MustCompile(`^\s*,[^()\n]*\bmethods\s*=\s*[\[(]\s*["']POST["']\s*,?\s*[\])]`)
	// prefixed is a part of an application whose routes have something before
	// them.
	prefixed = regexp.MustCompile(`(?m)^\s*(\w+)\s*=\s*(?:\w+\.)*(?:APIRouter|Blueprint)\([^()]*\b(?:url_)?prefix\s*=`)
	routeOf  = regexp.MustCompile(`@\s*(\w+)\.\w+\(\s*(?:path\s*=\s*)?$`)
)

// routes are the paths of a text that may be pages of its application.
func routes(text string) []string {
	var aside, found []string
	for _, m := range prefixed.FindAllStringSubmatch(text, -1) {
		aside = append(aside, m[1])
	}
	const near = 60
	for _, at := range pathSaid.FindAllStringSubmatchIndex(text, -1) {
		if repo.HealthRank(text[at[2]:at[3]]) < 0 {
			continue
		}
		before := text[max(0, at[0]-near):at[0]]
		of := routeOf.FindStringSubmatch(before)
		if commented(text, at[0]) || notServed.MatchString(before) || postAlone.MatchString(text[at[1]:min(len(text), at[1]+near)]) || of != nil && slices.Contains(aside, of[1]) {
			continue
		}
		found = append(found, text[at[2]:at[3]])
	}
	return found
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

// mostRoutes of a project are looked at.
const mostRoutes = 500

var djangoPath = regexp.MustCompile(`\bpath\(\s*["']([^"'<>\n]*)["']`)

// djangoRoutes are the paths of the module that the settings name for the
// routes of the whole project.
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
			text := p.text(m.file)
			for _, at := range djangoPath.FindAllStringSubmatchIndex(text, mostRoutes) {
				inner := strings.Count(text[:at[0]], "[")-strings.Count(text[:at[0]], "]") > 1 // below another path
				if !inner && !commented(text, at[0]) {
					routes = append(routes, "/"+text[at[2]:at[3]])
				}
			}
			return routes
		}
	}
	return nil
}
