package python

import (
	"regexp"
	"strings"
)

// needed is a variable that settings read and have no value for without it:
// os.environ["X"], env("X"), env.int("X") of django-environ and environs, and
// config("X", cast=int) of decouple.
var needed = regexp.MustCompile(`(?:\b(int|float|bool)\()?\b(?:os\.)?(?:environ\[\s*["']([A-Z][A-Z0-9_]*)["']\s*\]|(?:env|config)(?:\.(\w+))?\(\s*["']([A-Z][A-Z0-9_]*)["']\s*(?:,\s*cast\s*=\s*(\w+)[^,()]*(?:\(\))?)?\))`)

const dummy = "only-for-this-step-of-the-build"

// dummies are values for the variables without which settings cannot be read.
// They are in this step alone: not in the image, and not in the program.
func (p *planner) dummies(d *django) map[string]string {
	env := map[string]string{settingsVariable: d.settings}
	for _, file := range d.files {
		for _, found := range needed.FindAllStringSubmatch(p.text(file), -1) {
			name, kind := found[2]+found[4], found[1]+found[3]+found[5]
			env[name] = madeUp(name, kind)
		}
		for _, name := range p.modules[file].strings {
			if isVariable(name) && (name == databaseURL || strings.HasSuffix(name, "SECRET_KEY") || strings.HasSuffix(name, "SECRET")) {
				env[name] = madeUp(name, "")
			}
		}
	}
	env[settingsVariable] = d.settings
	return env
}

const databaseURL = "DATABASE_URL"

// madeUp is a value that settings can read as what they take it for.
func madeUp(name, kind string) string {
	switch {
	case name == databaseURL || strings.HasPrefix(kind, "db") || kind == "dj_db_url":
		return "sqlite:////tmp/collectstatic.sqlite3"
	case strings.HasPrefix(kind, "cache") || kind == "dj_cache_url":
		return "locmemcache://"
	case strings.HasPrefix(kind, "email") || kind == "dj_email_url":
		return "consolemail://"
	case kind == "int" || kind == "float" || kind == "bool" || strings.HasSuffix(name, "_PORT"):
		return "1"
	case kind == "json" || kind == "dict":
		return "{}"
	case strings.HasSuffix(name, "SENTRY_DSN"):
		return "" // Sentry's own way of being off
	case strings.HasSuffix(name, "_URL") || strings.HasSuffix(name, "_URI"):
		return "http://localhost"
	}
	return dummy
}

// isVariable tells whether a string looks like the name of a variable.
func isVariable(name string) bool {
	return len(name) > 2 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}
