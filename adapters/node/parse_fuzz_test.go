package node

import (
	"encoding/json"
	"io/fs"
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
	})
}

func FuzzParseAngular(f *testing.F) {
	f.Add([]byte(`{"projects": {"shop": {"i18n": {"sourceLocale": {"code": "en", "subPath": ""}, "locales": {"de": ["a.xlf"]}}, "architect": {"build": {"builder": "@angular/build:application", "options": {"localize": ["de"], "ssr": {"entry": "a.ts"}}}}}}}`), "ng build shop -c a,b --base-href=/x/")
	f.Fuzz(func(t *testing.T, data []byte, script string) {
		said := ngBuild(script)
		for name, project := range parseAngular(data).Projects {
			options := project.options(said.configuration)
			project.output(name, options)
			if options.server() && options.OutputMode == "static" {
				t.Error("files alone have a server")
			}
			for _, dir := range project.languages(options) {
				if !fs.ValidPath(dir) {
					t.Errorf("the language directory %q", dir)
				}
			}
		}
	})
}

func FuzzBaseOption(f *testing.F) {
	f.Add("base: command === 'build' ? '/app/' : '/'", "vite build --base=/app/")
	f.Fuzz(func(t *testing.T, text, line string) {
		for _, said := range []string{baseOption("base", text).path, flagIn(line, "--base")} {
			if base := basePath(said); base != "" && (base[0] != '/' || base[len(base)-1] == '/') {
				t.Errorf("%q became %q", said, base)
			}
		}
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

func FuzzElsewhere(f *testing.F) {
	f.Add("NPM_CONFIG_PRODUCTION=false npm install --prefix client && npm run build --prefix client", "app.use(express.static(path.join(__dirname, '..', 'client', `build`)))")
	f.Add("--prefix x && npm i", "")
	f.Add("tsc && cd frontend && npm ci && npm run build", "`${__dirname}/../frontend/dist`")
	f.Fuzz(func(t *testing.T, script, line string) {
		dirs, own, ok := elsewhere(script)
		if !ok && len(dirs)+len(own) > 0 {
			t.Errorf("%q builds %q and %q and is not elsewhere", script, dirs, own)
		}
		if namesDirectory(line, "server", ".", "client/build") && len(literal.FindAllString(line, -1)) == 0 {
			t.Errorf("%q names a directory without a text", line)
		}
	})
}
