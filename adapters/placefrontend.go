package adapters

import (
	"io/fs"
	"path"
	"slices"
	"strconv"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// placed gives the plan whose program has the built files: mounted where the
// sources are when it is compiled, or laid beside it.
func placed(p slipway.Plan, s repo.Service, fronts []frontEnd) slipway.Plan {
	p.Steps = slices.Clone(p.Steps)
	for _, f := range fronts {
		for i, step := range p.Steps {
			if step.Name == "build" || step.Name == "test" || step.Name == "compile" && f.compiled {
				p.Steps[i].Mounts = f.mounted(s, step.Mounts)
			}
		}
	}
	read := slices.DeleteFunc(slices.Clone(fronts), func(f frontEnd) bool { return !f.atRun })
	last := len(p.Layers) - 1
	program := p.Layers[last]
	if len(read) == 0 || program.From != nil && program.From.Step == "build" {
		return p // the build had them before it
	}
	for _, f := range fronts {
		if program.Source != nil {
			program.Source = f.without(s, program.Source)
		}
	}
	p.Steps = append(p.Steps, placeStep(s, program, read))
	p.Layers = slices.Clone(p.Layers)
	p.Layers[last] = slipway.Layer{Role: program.Role, From: &slipway.Output{Step: stepPlace, Mount: placedDir}, To: program.To, Dated: true}
	return p
}

// mounted adds the built files to the sources, which then must take a mount
// point.
func (f frontEnd) mounted(s repo.Service, mounts []slipway.Mount) []slipway.Mount {
	mounts = slices.Clone(mounts)
	for i, m := range mounts {
		if m.Source != nil {
			mounts[i].ReadOnly, mounts[i].Source = false, f.without(s, m.Source)
			return slices.Insert(mounts, i+1, slipway.Mount{Target: path.Join(m.Target, f.output), ReadOnly: true, From: &f.built})
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

// place copies; the arguments of the script are below the program, one for
// each front end.
const place = `cp -a ` + programDir + `/. ` + placedDir + `/
n=0
for to; do
  mkdir -p "` + placedDir + `$to"
  cp -R "` + builtDir + `/$n/." "` + placedDir + `$to/"
  n=$((n+1))
done`

func placeStep(s repo.Service, program slipway.Layer, fronts []frontEnd) slipway.Step {
	step := slipway.Step{
		Name: stepPlace, Args: []string{"/bin/sh", "-euc", place, stepPlace}, Dir: "/", Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{{Target: programDir, ReadOnly: true, From: program.From, Source: program.Source}},
	}
	for i, f := range fronts {
		to := path.Join("/", f.output) // a layer of the tree's own files
		if program.From != nil {
			to = path.Join("/", repo.Rel(s.Dir, f.output))
		}
		step.Args = append(step.Args, to)
		step.Mounts = append(step.Mounts, slipway.Mount{Target: path.Join(builtDir, strconv.Itoa(i)), ReadOnly: true, From: &f.built})
	}
	step.Mounts = append(step.Mounts, slipway.Mount{Target: placedDir, Output: true})
	return step
}
