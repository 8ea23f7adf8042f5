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

// frontEnd is a package of Node.js whose built files are part of a service in
// another language.
type frontEnd struct {
	dir      string // of its package.json
	output   string // directory of the tree in which the program expects the built files
	written  string // directory of the tree that the build leaves them in
	compiled bool   // they are there when the program is compiled
	atRun    bool   // they are there when it runs
}

// expecting is an adapter that knows whether a program is made of, or reads,
// the files of a directory that is built.
type expecting interface {
	Expects(s repo.Service, dir string) (repo.Expected, bool)
}

// withFrontEnd adds the steps of the service's front end, in the build image
// of Node.js, and puts what they leave where the program expects it.
func withFrontEnd(p slipway.Plan, s repo.Service, a Adapter) (slipway.Plan, error) {
	by, ok := a.(expecting)
	if !ok {
		return p, declaredInVain(s, a)
	}
	f, evidence, err := findFrontEnd(s, by)
	if err != nil || f.dir == "" {
		return p, err
	}
	front, err := node.FrontEnd(repo.Service{Tree: s.Tree, Dir: f.dir, Name: "frontend"}, f.written)
	if err != nil {
		return p, err
	}
	p.Parts = append(p.Parts, slipway.Part{Language: slipway.LanguageNode, Version: front.Version, Base: front.Base, Path: f.dir})
	built := front.Layers[len(front.Layers)-1].From
	steps := partSteps(front.Steps)
	p = f.placed(p, s, slipway.Output{Step: partPrefix + built.Step, Mount: built.Mount, Path: built.Path})
	p.Steps = slices.Concat(steps, p.Steps)
	p.Inputs = f.inputs(p.Inputs, front.Inputs)
	p.Unlocked = p.Unlocked || front.Unlocked
	p.Evidence = slices.Concat(p.Evidence, []slipway.Evidence{evidence}, aboutBuild(front.Evidence))
	return p, nil
}

// declaredInVain refuses a front end of a service that cannot have one.
func declaredInVain(s repo.Service, a Adapter) error {
	if s.Declared.Frontend == nil {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: a %s service has no front end of its own", repo.Quote(s.Declared.File()), s.Declared.Line("frontend"), a.Language()).
		WithHint("take `frontend` out; what it builds is part of the service's own build").WithClass(slipway.ClassCode)
}

// partPrefix is in front of the names of the front end's steps.
const partPrefix = "frontend-"

// partSteps are the steps as a part of another plan.
func partSteps(steps []slipway.Step) []slipway.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].Name, steps[i].In = partPrefix+steps[i].Name, slipway.LanguageNode
		steps[i].Mounts = slices.Clone(steps[i].Mounts)
		for j, m := range steps[i].Mounts {
			if m.From != nil {
				from := *m.From
				from.Step = partPrefix + from.Step
				steps[i].Mounts[j].From = &from
			}
		}
	}
	return steps
}

// aboutBuild leaves out of the front end's evidence how it would live as a
// service.
func aboutBuild(evidence []slipway.Evidence) []slipway.Evidence {
	return slices.DeleteFunc(slices.Clone(evidence), func(e slipway.Evidence) bool {
		return strings.HasPrefix(e.Found, "no kind declared") || strings.HasPrefix(e.Found, "no health path declared")
	})
}

// inputs adds the front end's to the service's. What the service is not made
// of stays out only where the front end cannot be made of it either.
func (f frontEnd) inputs(own, front []string) []string {
	ofFront, _ := namesAndPatterns(front)
	names, patterns := namesAndPatterns(own)
	names = slices.Compact(slices.Sorted(slices.Values(slices.Concat(names, ofFront))))
	if slices.Contains(names, ".") {
		names = []string{"."}
	}
	return append(names, slices.DeleteFunc(slices.Clone(patterns), func(p string) bool {
		pattern, excepts := strings.CutPrefix(p, "!")
		return !excepts || strings.HasPrefix(pattern, "**") || slices.ContainsFunc(ofFront, func(in string) bool {
			return in == "." || pattern == in || strings.HasPrefix(pattern, in+"/") || strings.HasPrefix(in, pattern+"/")
		})
	})...)
}

// namesAndPatterns splits a plan's inputs: directories and files, then what is
// excepted from them.
func namesAndPatterns(inputs []string) (names, patterns []string) {
	i := slices.IndexFunc(inputs, func(in string) bool { return strings.HasPrefix(in, "!") })
	if i < 0 {
		return inputs, nil
	}
	return inputs[:i], inputs[i:]
}

// placed gives the plan whose program has the built files: mounted where the
// sources are when it is compiled, or laid beside it.
func (f frontEnd) placed(p slipway.Plan, s repo.Service, built slipway.Output) slipway.Plan {
	p.Steps = slices.Clone(p.Steps)
	for i, step := range p.Steps {
		if step.Name == "build" || step.Name == "test" || step.Name == "compile" && f.compiled {
			p.Steps[i].Mounts = f.mounted(s, step.Mounts, built)
		}
	}
	last := len(p.Layers) - 1
	program := p.Layers[last]
	if program.Source != nil {
		program.Source = f.without(s, program.Source)
	}
	to := path.Join("/", f.output) // a layer of the tree's own files
	switch {
	case program.From != nil && program.From.Step == "build" || !f.atRun:
		return p // the build had them before it
	case program.From != nil:
		to = path.Join("/", repo.Rel(s.Dir, f.output))
	}
	p.Steps = append(p.Steps, placeStep(program, built, to))
	p.Layers = slices.Clone(p.Layers)
	p.Layers[last] = slipway.Layer{Role: program.Role, From: &slipway.Output{Step: stepPlace, Mount: placedDir}, To: program.To, Dated: true}
	return p
}

// mounted adds the built files to the sources, which then must take a mount
// point.
func (f frontEnd) mounted(s repo.Service, mounts []slipway.Mount, built slipway.Output) []slipway.Mount {
	mounts = slices.Clone(mounts)
	for i, m := range mounts {
		if m.Source != nil {
			mounts[i].ReadOnly, mounts[i].Source = false, f.without(s, m.Source)
			return slices.Insert(mounts, i+1, slipway.Mount{Target: path.Join(m.Target, f.output), ReadOnly: true, From: &built})
		}
	}
	return mounts
}

// without leaves the front end's own sources out of the service's, unless
// there is something else in their directory.
func (f frontEnd) without(s repo.Service, source *slipway.Source) *slipway.Source {
	if f.dir == "." || f.dir == s.Dir || f.holdsProgram(s.Tree) {
		return source
	}
	excluded := slices.Clone(source.Exclude)
	for _, name := range []string{
		"src", "public", "index.html", "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock",
		"*.config.*", "tsconfig*.json", "README*", ".gitignore",
	} {
		if path.Join(f.dir, name) != f.output {
			excluded = append(excluded, path.Join(repo.Literal(f.dir), name))
		}
	}
	return &slipway.Source{Include: source.Include, Exclude: excluded}
}

// holdsProgram tells whether the front end's directory has sources of a
// program beside the page's.
func (f frontEnd) holdsProgram(tree fs.FS) bool {
	err := fs.WalkDir(tree, f.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case !d.IsDir() && slices.Contains([]string{".go", ".py", ".java", ".kt", ".rs"}, path.Ext(name)):
			return fs.ErrExist
		}
		return nil
	})
	return err != nil
}

// The step that lays the built files beside the program.
const (
	stepPlace  = "place"
	programDir = "/program"
	builtDir   = "/frontend"
	placedDir  = "/placed"
)

// place copies; the second argument of the script is below the program.
const place = `cp -a ` + programDir + `/. ` + placedDir + `/
mkdir -p "` + placedDir + `$1"
cp -R ` + builtDir + `/. "` + placedDir + `$1/"`

func placeStep(program slipway.Layer, built slipway.Output, to string) slipway.Step {
	return slipway.Step{
		Name: stepPlace, Args: []string{"/bin/sh", "-euc", place, stepPlace, to}, Dir: "/", Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{
			{Target: programDir, ReadOnly: true, From: program.From, Source: program.Source},
			{Target: builtDir, ReadOnly: true, From: &built},
			{Target: placedDir, Output: true},
		},
	}
}
