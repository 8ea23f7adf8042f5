package adapters

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Bounds of what is read of a service's sources: they only give hints.
const (
	maxSources = 400
	maxSource  = 256 << 10 // bytes of a file; larger ones are bundles
	maxAll     = 4 << 20
)

// source is a file of the service's program.
type source struct{ file, text string }

// sourcesOf are the sources of a service's program, whatever its language,
// without tests and what runs at a developer's. What cannot be read is left
// out.
func sourcesOf(s repo.Service) (found []source) {
	bytes := 0
	_ = fs.WalkDir(s.Tree, s.Dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // whoever needs the file says what is wrong with it
		case d.IsDir() && name != s.Dir && (strings.HasPrefix(d.Name(), ".") || slices.Contains(notProgram(), d.Name())):
			return fs.SkipDir
		case len(found) >= maxSources || bytes > maxAll:
			return fs.SkipAll
		case d.IsDir() || !isSource(name):
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxSource {
			return nil //nolint:nilerr // as above
		}
		if data, _, err := repo.Read(s.Tree, name); err == nil {
			bytes += len(data)
			found = append(found, source{name, string(data)})
		}
		return nil
	})
	return found
}

// notProgram are directories of what runs at a developer's.
func notProgram() []string {
	return []string{
		"node_modules", "vendor", "test", "tests", "__tests__", "spec", "testdata", "e2e", "cypress", "dist", "build", "target", "coverage",
		"public", "static", "docs", "examples", "scripts", "tools", "deploy", "venv",
	}
}

// isSource tells whether a file is a source of a program, or the settings of
// what writes logs.
func isSource(name string) bool {
	base := path.Base(name)
	return program(base) && !aside.MatchString(base)
}

func program(base string) bool {
	switch ext := path.Ext(base); ext {
	case ".properties", ".yml", ".yaml":
		return strings.HasPrefix(base, "application")
	case ".xml":
		return strings.HasPrefix(base, "logback") || strings.HasPrefix(base, "log4j2")
	default:
		return slices.Contains([]string{".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".go", ".java", ".kt", ".scala", ".groovy", ".rs"}, ext)
	}
}

// aside are sources of what is not the program: tests, settings of tools,
// build scripts.
var aside = regexp.MustCompile(`(?i)\.(?:config|test|spec|d)\.[a-z]+$|^(?:gulpfile|gruntfile)\.|^test_|^(?:conftest|setup|noxfile)\.py$|_test\.go$|^build\.rs$`)
