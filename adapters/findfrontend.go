package adapters

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/node"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findFrontEnd takes the declared one, else the one whose built files are not
// in the repository and are plainly expected by the program.
func findFrontEnd(s repo.Service, by expecting) (frontEnd, slipway.Evidence, error) {
	if s.Declared.Frontend != nil {
		return declaredFrontEnd(s, by)
	}
	var found frontEnd
	var evidence slipway.Evidence
	for _, dir := range packageDirs(s) {
		written, ok := node.Writes(repo.Service{Tree: s.Tree, Dir: dir})
		if !ok || !repo.Empty(s.Tree, written) {
			continue
		}
		expected, ok := by.Expects(s, written)
		switch {
		case !ok:
			continue
		case found.dir != "":
			return frontEnd{}, evidence, slipway.Errorf(slipway.CodeAmbiguous, "%s has the front ends %s and %s, and one can be built with it", repo.Show(s.Dir), repo.Quote(found.dir), repo.Quote(dir)).
				WithHint("commit what one of them builds, or say which in slipway.yaml: `frontend: {path: %s}`", repo.Quote(dir)).WithClass(slipway.ClassCode)
		}
		found, evidence = frontEnd{dir: dir, output: written, written: written, compiled: !expected.AtRun, atRun: expected.AtRun}, expected.Evidence
		evidence.Means = repo.Quote(written) + " is what the front end in " + repo.Show(dir) + " builds: it is built first, with Node.js"
		evidence.Knob = "frontend: {path: " + repo.Quote(dir) + ", output: " + repo.Quote(written) + "}"
	}
	return found, evidence, nil
}

func declaredFrontEnd(s repo.Service, by expecting) (frontEnd, slipway.Evidence, error) {
	d := s.Declared
	f := frontEnd{dir: d.Frontend.Path, output: d.Frontend.Output}
	e := slipway.Evidence{File: d.File(), Line: d.Line("frontend"), Found: "frontend: " + f.dir}
	wrong := func(format string, args ...any) (frontEnd, slipway.Evidence, error) {
		return f, e, slipway.Errorf(slipway.CodeInvalid, "%s:%d: "+format, slices.Concat([]any{repo.Quote(d.File()), e.Line}, args)...).
			WithHint("`frontend: {path: web, output: internal/ui/dist}`: path is the directory of its package.json, output where the program expects the built files, both from the root of the repository").
			WithClass(slipway.ClassCode)
	}
	if !repo.IsFile(s.Tree, path.Join(f.dir, "package.json")) {
		return wrong("the front end in %s has no package.json", repo.Show(f.dir))
	}
	written, says := node.Writes(repo.Service{Tree: s.Tree, Dir: f.dir})
	switch {
	case f.output == "" && !says:
		return wrong("nothing says where the front end in %s leaves what it builds, and output is not given", repo.Show(f.dir))
	case f.output == "":
		f.output = written
	case !says:
		written = f.output
	}
	f.written = written
	expected, ok := by.Expects(s, f.output)
	f.compiled, f.atRun = !ok || !expected.AtRun, !ok || expected.AtRun
	e.Means = "built first, with Node.js; what it leaves in " + repo.Quote(f.written) + " is in " + repo.Quote(f.output) + " for the program"
	return f, e, nil
}

// maxDeep is how far below the service's directory a front end is looked for.
const maxDeep = 3

// packageDirs are the directories in and around the service's that have a
// package.json.
func packageDirs(s repo.Service) []string {
	var dirs []string
	var look func(dir string, deep int)
	look = func(dir string, deep int) {
		if repo.IsFile(s.Tree, path.Join(dir, "package.json")) {
			dirs = append(dirs, dir)
		}
		entries, err := fs.ReadDir(s.Tree, dir)
		if err != nil || deep == 0 {
			return
		}
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(noFrontEnd(), e.Name()) {
				look(path.Join(dir, e.Name()), deep-1)
			}
		}
	}
	look(s.Dir, maxDeep)
	if s.Dir != "." {
		look(path.Dir(s.Dir), 1) // a front end beside the service
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// noFrontEnd are directories in which no service has its front end.
func noFrontEnd() []string {
	return []string{"node_modules", "vendor", "testdata", "test", "tests", "e2e", "docs", "examples", "example", "target", "venv", "third_party"}
}
