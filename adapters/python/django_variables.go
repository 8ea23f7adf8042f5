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
	const database = "sqlite:////tmp/collectstatic.sqlite3"
	byKind := map[string]string{
		"int": "1", "float": "1", "bool": "1", "json": "{}", "dict": "1=1", "db": database, "db_url": database, "dj_db_url": database,
		"cache": "locmemcache://", "cache_url": "locmemcache://", "dj_cache_url": "locmemcache://", "email": "consolemail://", "email_url": "consolemail://", "dj_email_url": "consolemail://",
	}
	if value, ok := byKind[kind]; ok {
		return value
	}
	for _, by := range []struct{ ending, value string }{
		{databaseURL, database}, {"_PORT", "1"}, {"_URL", "http://localhost"}, {"_URI", "http://localhost"}, {"SENTRY_DSN", ""}, // "" is how Sentry is off
	} {
		if strings.HasSuffix(name, by.ending) {
			return by.value
		}
	}
	return dummy
}

// isVariable tells whether a string looks like the name of a variable.
func isVariable(name string) bool {
	return len(name) > 2 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}
