package python

import (
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

func FuzzScriptBlock(f *testing.F) {
	f.Add("#!/usr/bin/env python\n# /// script\n# dependencies = [\"httpx\"]\n#\n# ///\nimport httpx\n")
	f.Add("# /// script\n# ///\n")
	f.Add("# /// script\nimport os\n# ///\n")
	f.Add("# /// script\r\n# requires-python = \">=3.11\"\r\n# ///\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		block, line, ok := scriptBlock(text)
		if !ok && (block != "" || line != 0) || ok && line < 1 {
			t.Errorf("%q, line %d, found: %t", block, line, ok)
		}
		if strings.Count(block, "\n") > strings.Count(text, "\n") {
			t.Errorf("%q has more lines than %q", block, text)
		}
	})
}

func FuzzReadConda(f *testing.F) {
	f.Add("dependencies:\n  - python=3.11\n  - pip:\n      - flask\n")
	f.Add("dependencies: [conda-forge::gdal=3.8=py311_0, {pip: [\"-r x\"]}]")
	f.Add("dependencies: {pip: 1}")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := readConda("environment.yml", []byte(text))
		if err != nil {
			return
		}
		for _, l := range read.others {
			if l.line < 1 {
				t.Errorf("%q has no line", l.text)
			}
		}
	})
}

func FuzzPipfileLine(f *testing.F) {
	f.Add("flask", `x = "*"`)
	f.Add("celery", `x = {version = "~=5.4", extras = ["redis"], sys_platform = "== 'linux'"}`)
	f.Add("prices", `x = {git = "https://code.example/prices.git", ref = "v2", markers = "python_version > '3'"}`)
	f.Add("x", `x = {version = 1, extras = {}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		var table map[string]any
		if err := toml.Unmarshal([]byte(text), &table); err != nil {
			return
		}
		for _, value := range table {
			if line := pipfileLine(name, value); !strings.HasPrefix(line, name) {
				t.Errorf("%q is no requirement of %q", line, name)
			}
		}
	})
}

func FuzzLocalAddress(f *testing.F) {
	f.Add("libs", "money @ file:///${PROJECT_ROOT}/../money")
	f.Add(".", "money @ {root:parent:uri}/money ; python_version > '3'")
	f.Add("a/b", "x @ file:///etc/passwd")
	f.Fuzz(func(t *testing.T, dir, text string) {
		if got, ok := localAddress(dir, text); ok && (strings.HasPrefix(got, "/") || strings.HasPrefix(got, "../")) {
			t.Errorf("%q leaves the tree as %q", text, got)
		}
	})
}
