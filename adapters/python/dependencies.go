package python

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// dependency is a package that the service asks for.
type dependency struct {
	name   string // normalised (PEP 503)
	extras []string
	file   string
	line   int
}

// dependencies of the service.
type dependencies struct {
	direct []dependency
	locked map[string]bool // all that a lock file has, normalised; nil without one
}

// requirement is the beginning of PEP 508: a name and extras.
func requirement(text string) (dependency, bool) {
	m := regexp.MustCompile(`^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:$|[<>=!~;@( ,\t#])`).FindStringSubmatch(text)
	if m == nil {
		return dependency{}, false
	}
	d := dependency{name: normal(m[1])}
	for extra := range strings.SplitSeq(m[2], ",") {
		if extra = normal(strings.TrimSpace(extra)); extra != "" {
			d.extras = append(d.extras, extra)
		}
	}
	return d, true
}

// normal is a name as registries compare it (PEP 503).
func normal(name string) string {
	return strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(name, "-"))
}

// brings are packages that come with others: what a service that has no lock
// file can rely on without asking for it. From the projects' own metadata.
func brings() map[string][]string {
	return map[string][]string{
		"fastapi[standard]":                      {"uvicorn"},
		"fastapi[all]":                           {"uvicorn"},
		"fastapi[standard-no-fastapi-cloud-cli]": {"uvicorn"},
		"litestar[standard]":                     {"uvicorn"},
		"starlette[full]":                        {},
		"connexion[uvicorn]":                     {"uvicorn"},
		"connexion[flask]":                       {"flask"},
		"python-fasthtml":                        {"uvicorn", "starlette"},
		"quart":                                  {"hypercorn"},
		"dash":                                   {"flask"},
		"flask-restful":                          {"flask"},
		"flask-restx":                            {"flask"},
		"apiflask":                               {"flask"},
		"djangorestframework":                    {"django"},
		"django-ninja":                           {"django"},
		"channels[daphne]":                       {"daphne", "django"},
		"chainlit":                               {"uvicorn"},
		"gradio":                                 {"uvicorn", "fastapi"},
		"pyuwsgi":                                {"uwsgi"},
		"mcp":                                    {"uvicorn", "starlette"},
		"fastmcp":                                {"uvicorn", "starlette"},
		"uvicorn-worker":                         {"uvicorn", "gunicorn"},
		"psycopg[c]":                             {"psycopg-c"},
		"psycopg[binary]":                        {"psycopg-binary"},
		"sqlalchemy[postgresql]":                 {"psycopg2"},
		"sqlalchemy[mysql]":                      {"mysqlclient"},
		"flask-mysqldb":                          {"mysqlclient", "flask"},
		"django-auth-ldap":                       {"python-ldap", "django"},
		"mssql-django":                           {"pyodbc", "django"},
		"aioodbc":                                {"pyodbc"},
		"django-weasyprint":                      {"weasyprint", "django"},
		"flask-weasyprint":                       {"weasyprint", "flask"},
		"flask-socketio":                         {"flask"},
		"ultralytics":                            {"opencv-python"},
		"mediapipe":                              {"opencv-contrib-python"},
	}
}

// has tells whether a package is there at run time.
func (d dependencies) has(name string) bool {
	if d.locked[name] {
		return true
	}
	for _, direct := range d.direct {
		if direct.name == name {
			return true
		}
		keys := []string{direct.name}
		for _, extra := range direct.extras {
			keys = append(keys, direct.name+"["+extra+"]")
		}
		for _, key := range keys {
			if slices.Contains(brings()[key], name) {
				return true
			}
		}
	}
	return false
}

// first gives the first of the packages that is there, "" when none is.
func (d dependencies) first(names ...string) string {
	for _, name := range names {
		if d.has(name) {
			return name
		}
	}
	return ""
}

// where is evidence of a package.
func (d dependencies) where(name string) slipway.Evidence {
	for _, direct := range d.direct {
		if direct.name == name {
			return slipway.Evidence{File: direct.file, Line: direct.line, Found: name}
		}
	}
	for _, direct := range d.direct {
		if (dependencies{direct: []dependency{direct}}).has(name) {
			return slipway.Evidence{File: direct.file, Line: direct.line, Found: direct.name + ", which brings " + name}
		}
	}
	if len(d.direct) > 0 {
		return slipway.Evidence{File: d.direct[0].file, Found: name + ", which another package needs"}
	}
	return slipway.Evidence{}
}
