package adapters

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/node"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findFrontEnds takes the declared ones, else those whose built files are not
// in the repository and are plainly expected by the program. Each has an
// output of its own.
func findFrontEnds(s repo.Service, by expecting) ([]frontEnd, []slipway.Evidence, error) {
	d := s.Declared
	if d.Frontend.None {
		return nil, []slipway.Evidence{{File: d.File(), Line: d.Line("frontend"), Found: "frontend: false", Means: "no front end is built with it"}}, nil
	}
	if d.Frontend.Given() {
		return declaredFrontEnds(s, by)
	}
	var found []frontEnd
	var evidence []slipway.Evidence
	for _, dir := range packageDirs(s) {
		written, ok := node.Writes(repo.Service{Tree: s.Tree, Dir: dir})
		if !ok || !repo.Empty(s.Tree, written) {
			continue
		}
		expected, ok := by.Expects(s, written)
		if !ok {
			continue
		}
		found = append(found, frontEnd{dir: dir, output: written, written: written, compiled: !expected.AtRun, atRun: expected.AtRun})
		e := expected.Evidence
		e.Means = repo.Quote(written) + " is what the front end in " + repo.Show(dir) + " builds: it is built first, with Node.js"
		evidence = append(evidence, e)
	}
	for i := range evidence {
		evidence[i].Knob = "frontend: " + written(found)
	}
	if a, b, ok := inOneAnother(found); ok {
		return nil, nil, slipway.Errorf(slipway.CodeAmbiguous, "%s has the front ends %s and %s, which build into %s and %s", repo.Show(s.Dir), repo.Quote(a.dir), repo.Quote(b.dir), repo.Quote(a.output), repo.Quote(b.output)).
			WithHint("give each a directory of its own, or say in slipway.yaml which is built: `frontend: {path: %s}`; `frontend: false` builds none", repo.Quote(b.dir)).WithClass(slipway.ClassCode)
	}
	return found, evidence, nil
}

// written is what slipway.yaml would say of the front ends.
func written(fronts []frontEnd) string {
	var each []string
	for _, f := range fronts {
		each = append(each, "{path: "+repo.Quote(f.dir)+", output: "+repo.Quote(f.output)+"}")
	}
	if len(each) == 1 {
		return each[0]
	}
	return "[" + strings.Join(each, ", ") + "]"
}

// inOneAnother gives two front ends of which one would be built into the
// other's files.
func inOneAnother(fronts []frontEnd) (a, b frontEnd, ok bool) {
	for i, a := range fronts {
		for _, b := range fronts[i+1:] {
			if strings.HasPrefix(a.output+"/", b.output+"/") || strings.HasPrefix(b.output+"/", a.output+"/") {
				return a, b, true
			}
		}
	}
	return a, b, false
}

// frontDeclaration is one of the front ends in slipway.yaml.
type frontDeclaration struct {
	manifest.Frontend
	file string
	line int
}

func (d frontDeclaration) wrong(format string, args ...any) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: "+format, slices.Concat([]any{repo.Quote(d.file), d.line}, args)...).
		WithHint("`frontend: {path: web, output: internal/ui/dist}`: path is the directory of its package.json, output where the program expects the built files, both from the root of the repository").
		WithClass(slipway.ClassCode)
}

func declaredFrontEnds(s repo.Service, by expecting) ([]frontEnd, []slipway.Evidence, error) {
	var fronts []frontEnd
	var evidence []slipway.Evidence
	for i, declared := range s.Declared.Frontend.List {
		d := frontDeclaration{declared, s.Declared.File(), s.Declared.Line(fmt.Sprintf("frontend[%d]", i))}
		if d.line == 0 { // not in a list
			d.line = s.Declared.Line("frontend")
		}
		f, e, err := d.frontEnd(s, by)
		if err != nil {
			return nil, nil, err
		}
		fronts, evidence = append(fronts, f), append(evidence, e)
		if a, b, ok := inOneAnother(fronts); ok {
			return nil, nil, d.wrong("the front ends in %s and %s have the outputs %s and %s, and one would hide the other", repo.Show(a.dir), repo.Show(b.dir), repo.Quote(a.output), repo.Quote(b.output))
		}
	}
	return fronts, evidence, nil
}

func (d frontDeclaration) frontEnd(s repo.Service, by expecting) (frontEnd, slipway.Evidence, error) {
	f := frontEnd{dir: d.Path, output: d.Output}
	e := slipway.Evidence{File: d.file, Line: d.line, Found: "frontend: " + f.dir}
	if !repo.IsFile(s.Tree, path.Join(f.dir, "package.json")) {
		return f, e, d.wrong("the front end in %s has no package.json", repo.Show(f.dir))
	}
	written, says := node.Writes(repo.Service{Tree: s.Tree, Dir: f.dir})
	switch {
	case f.output == "" && !says:
		return f, e, d.wrong("nothing says where the front end in %s leaves what it builds, and output is not given", repo.Show(f.dir))
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
