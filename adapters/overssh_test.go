package adapters_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/adapters"
)

// TestPlan_RepositoriesOverSSH finds what manifests and lock files name by ssh,
// in the forms that package managers write, and nothing else.
func TestPlan_RepositoriesOverSSH(t *testing.T) {
	t.Parallel()
	node := fstest.MapFS{
		"package.json": file(`{"name": "desk", "scripts": {"start": "node server.js"}, "dependencies": {"words": "git+ssh://git@git.corp.example/office/words.git#v1"}}`),
		"package-lock.json": file(`{"lockfileVersion": 3, "packages": {
			"node_modules/words": {"resolved": "git+ssh://git@git.corp.example/office/words.git#1d2e3f"},
			"node_modules/more": {"resolved": "git+ssh://git@git.corp.example:2222/office/more.git#1d2e3f"},
			"node_modules/short": {"resolved": "git+ssh://git@github.example:office/short.git#1d2e3f"},
			"node_modules/open": {"resolved": "git+https://git.corp.example/office/open.git#1d2e3f", "author": "me <git@corp.example>"}}}`),
		"server.js":           file(`require("http").createServer().listen(process.env.PORT)`),
		"docs/yarn.lock":      file(`ssh://git@elsewhere.example/not/read.git`),
		"node_modules/x.json": file(`ssh://git@elsewhere.example/not/read.git`),
	}
	python := fstest.MapFS{
		"services/api/requirements.txt": file("-r ../../requirements/base.txt\nflask==3.0.0\nprices @ git+ssh://git@git.corp.example/shop/prices.git@feature/new#egg=prices\ngit+ssh://git@git.corp.example/shop/tax@v2\n" +
			"bad @ git+ssh://git@git.corp.example/../x\n"),
		"services/api/app.py":   file("from flask import Flask\napp = Flask(__name__)\n"),
		"requirements/base.txt": file("-e git@git.corp.example:shop/base.git#egg=base\n"),
		"requirements/notes.md": file("git@git.corp.example:shop/notes.git\n"),
		"services/other/uv.lock": file(`source = { git = "ssh://git@elsewhere.example/not/read.git?rev=1#2" }
`),
	}
	for name, c := range map[string]struct {
		tree fstest.MapFS
		path string
		want []string
	}{
		"node":   {node, ".", []string{"git.corp.example/office/words", "git.corp.example:2222/office/more", "github.example/office/short"}},
		"python": {python, "services/api", []string{"git.corp.example/shop/base", "git.corp.example/shop/prices", "git.corp.example/shop/tax"}},
	} {
		plan, err := adapters.Plan(adapters.Request{Tree: c.tree, Path: c.path})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, plan.SSH); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		said := 0
		for _, e := range plan.Evidence {
			if e.Means == "a git repository that is read over ssh for the steps, which get no key" && e.Line > 0 {
				said++
			}
		}
		if said != len(c.want) {
			t.Errorf("%s: the evidence has %d of %d repositories", name, said, len(c.want))
		}
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// A password that somebody left in an address is not told.
func TestPlan_NoPasswordOverSSH(t *testing.T) {
	t.Parallel()
	plan, err := adapters.Plan(adapters.Request{Tree: fstest.MapFS{
		"package.json": file(`{"name": "desk", "scripts": {"start": "node server.js"}, "dependencies": {"words": "git+ssh://me:hunter2@git.corp.example:2222/office/words.git#v1"}}`),
		"server.js":    file(`require("http").createServer().listen(process.env.PORT)`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"git.corp.example:2222/office/words"}, plan.SSH); diff != "" {
		t.Error(diff)
	}
	for _, e := range plan.Evidence {
		if strings.Contains(e.Found+e.Means, "hunter2") {
			t.Errorf("%+v", e)
		}
	}
}
