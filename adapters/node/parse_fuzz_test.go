package node

import (
	"encoding/json"
	"testing"
)

func FuzzParsePackage(f *testing.F) {
	f.Add([]byte(`{"name": "x", "scripts": {"start": "node x"}, "bin": {"a": "b"}, "workspaces": {"packages": ["a/*"]}, "devEngines": [1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parsePackage(data)
		if err != nil {
			return
		}
		p.bin()
		p.workspaces()
		p.namesManager()
		for key, line := range p.lines {
			if line < 1 {
				t.Errorf("%q stands in line %d", key, line)
			}
		}
	})
}

func FuzzParseLocks(f *testing.F) {
	f.Add([]byte(`{"lockfileVersion": 3, "packages": {"": {}}}`), []byte("lockfileVersion: '9.0'\nimporters:\n  .: {}\npackages: {}\n"))
	f.Fuzz(func(t *testing.T, npm, pnpm []byte) {
		_, _ = parseNpmLock(npm)
		if lock, err := parsePnpmLock(pnpm); err == nil && majorOf(lock.Version) < 0 {
			t.Errorf("the lockfile has the version %q", lock.Version)
		}
		_, _ = parsePnpmWorkspace(pnpm)
	})
}

func FuzzPlainJSON(f *testing.F) {
	f.Add([]byte(`{"a": "//", /* x */ "b": [1,], } // end`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if json.Valid(data) && !json.Valid(plainJSON(data)) {
			t.Errorf("%q became %q", data, plainJSON(data))
		}
		parseTsconfig(data)
		parseAngular(data)
	})
}

func FuzzSelected(f *testing.F) {
	f.Add("packages/*", "packages/a")
	f.Fuzz(func(t *testing.T, pattern, dir string) {
		selected(dir, []string{pattern})
		for _, start := range starts([]string{pattern}) {
			if len(start) > 1 && start[:2] == ".." {
				t.Errorf("%q begins outside", pattern)
			}
		}
	})
}
