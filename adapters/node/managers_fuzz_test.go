package node

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func FuzzYarnLock(f *testing.F) {
	f.Add([]byte("# yarn lockfile v1\n\n\n\"@a/b@^1.0.0\", \"@a/b@^1.1.0\":\n  version \"1.1.0\"\n"))
	f.Add([]byte("__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"ms@npm:^2.1.2\":\n  version: 2.1.3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := yarnLockVersion(data); n < 0 {
			t.Errorf("the lockfile has the version %d", n)
		}
		lock := parseYarnLock(data)
		for pattern := range lock.patterns {
			name, ok := nameOf(pattern)
			if ok && (!lock.names[name] || !strings.HasPrefix(pattern, name+"@")) {
				t.Errorf("%q is of %q", pattern, name)
			}
		}
	})
}

func FuzzBunLock(f *testing.F) {
	f.Add([]byte(`{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"ms": "^2.1.2",},},}, "packages": {},}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lock, err := parseBunLock(data)
		if err == nil && len(lock.Workspaces) > len(data) {
			t.Errorf("%d packages in %d bytes", len(lock.Workspaces), len(data))
		}
	})
}

func FuzzNxProject(f *testing.F) {
	f.Add([]byte(`{"name": "api", "projectType": "application", "targets": {"build": {"executor": "@nx/esbuild:esbuild", "options": {"outputPath": "dist/{projectRoot}", "main": "apps/api/src/main.ts", "format": ["cjs"], "assets": ["libs/x/a"]}, "configurations": {"production": {}}}}}`))
	f.Add([]byte(`{"targets": {"build": {"executor": "@angular/build:application", "options": {"outputPath": {"base": "../x", "browser": ""}}}}}`))
	f.Add([]byte(`{"targets": {"build": {"options": {"command": "webpack-cli build", "target": 1}}}, "plugins": ["a", {"plugin": "b"}], "compilerOptions": {"paths": {"@a/*": ["*"]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		parseNxSettings(data)
		paths := parsePaths(data)
		g := nxGraph{tree: fstest.MapFS{}, root: ".", paths: paths}
		for _, file := range g.targets("apps/api", "@a/b") {
			g.owner(file)
		}
		project, err := parseProject(data)
		if err != nil {
			return
		}
		project.dir, project.root, project.Name = "apps/api", ".", "api"
		g.named(project)
		p := &planner{Service: repo.Service{Tree: fstest.MapFS{}, Dir: "."}, nx: project}
		p.nxBuild, p.nxBuilds = project.build(p.nxConfig)
		if ok, err := p.nxProgram(); ok && err == nil && p.program.pages == "" {
			if dir, ok := inside(p.program.output); !ok {
				t.Errorf("the output of %q is %q", data, dir)
			}
		}
	})
}

func FuzzProjects(f *testing.F) {
	f.Add([]byte(`{"name": "web", "targets": {"build": {}}}`))
	f.Add([]byte(`{"expo": {"web": {"output": "static"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if name, builds := parseNxProject(data); builds && name == "" && len(data) < len(`{"targets":{"build":1}}`) {
			t.Errorf("%q builds", data)
		}
		parseExpo(data)
	})
}
