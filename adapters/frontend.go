package adapters

import (
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
	built    slipway.Output
}

// expecting is an adapter that knows whether a program is made of, or reads,
// the files of a directory that is built.
type expecting interface {
	Expects(s repo.Service, dir string) (repo.Expected, bool)
}

// withFrontEnds adds the steps of the service's front ends, in the build image
// of Node.js, and puts what they leave where the program expects it.
func withFrontEnds(p slipway.Plan, s repo.Service, a Adapter) (slipway.Plan, error) {
	by, ok := a.(expecting)
	if !ok {
		return p, declaredInVain(s, a)
	}
	fronts, evidence, err := findFrontEnds(s, by)
	if err != nil {
		return p, err
	}
	p.Evidence = slices.Concat(p.Evidence, evidence)
	var steps []slipway.Step
	for i := range fronts {
		f := &fronts[i]
		front, err := node.FrontEnd(repo.Service{Tree: s.Tree, Dir: f.dir, Name: "frontend"}, f.written)
		if err != nil {
			return p, err
		}
		built, prefix := front.Layers[len(front.Layers)-1].From, partPrefix(fronts, i)
		f.built = slipway.Output{Step: prefix + built.Step, Mount: built.Mount, Path: built.Path}
		steps = append(steps, partSteps(front.Steps, prefix)...)
		p.Parts = withPart(p.Parts, slipway.Part{Language: slipway.LanguageNode, Version: front.Version, Base: front.Base, Path: f.dir})
		p.Inputs = f.inputs(p.Inputs, front.Inputs)
		p.Unlocked = p.Unlocked || front.Unlocked
		p.Evidence = slices.Concat(p.Evidence, aboutBuild(front.Evidence))
	}
	p = placed(p, s, fronts)
	p.Steps = slices.Concat(steps, p.Steps)
	return p, nil
}

// withPart adds a part. Of one language there is one, with a version that all
// want: two front ends are built with the same Node.js.
func withPart(parts []slipway.Part, part slipway.Part) []slipway.Part {
	i := slices.IndexFunc(parts, func(p slipway.Part) bool { return p.Language == part.Language })
	if i < 0 {
		return append(parts, part)
	}
	parts = slices.Clone(parts)
	parts[i].Version, parts[i].Path = bothWant(parts[i].Version, part.Version), parts[i].Path+", "+part.Path
	return parts
}

// bothWant is the version that meets two wishes, as npm writes ranges: what
// stands side by side holds together, and binds closer than ||.
func bothWant(a, b slipway.Version) slipway.Version {
	switch {
	case a.Want == "" || a.Want == b.Want:
		return b
	case b.Want == "":
		return a
	}
	var ranges []string
	for left := range strings.SplitSeq(a.Want, "||") {
		for right := range strings.SplitSeq(b.Want, "||") {
			ranges = append(ranges, strings.TrimSpace(left)+" "+strings.TrimSpace(right))
		}
	}
	want := strings.Join(ranges, " || ")
	return slipway.Version{Value: want, Want: want, From: a.From + ", " + b.From}
}

// declaredInVain refuses a front end of a service that cannot have one.
func declaredInVain(s repo.Service, a Adapter) error {
	if !s.Declared.Frontend.Given() {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: a %s service has no front end of its own", repo.Quote(s.Declared.File()), s.Declared.Line("frontend"), a.Language()).
		WithHint("take `frontend` out; what it builds is part of the service's own build").WithClass(slipway.ClassCode)
}

// partPrefix is in front of the names of a front end's steps, which say which
// one it is where there are several.
func partPrefix(fronts []frontEnd, i int) string {
	if len(fronts) == 1 {
		return "frontend-"
	}
	name := stepName(path.Base(fronts[i].dir))
	for j, f := range fronts {
		if j != i && stepName(path.Base(f.dir)) == name {
			return "frontend-" + stepName(fronts[i].dir) + "-"
		}
	}
	return "frontend-" + name + "-"
}

// stepName is the name of a directory with what the names of steps may hold.
func stepName(dir string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(dir))
}

// partSteps are the steps as a part of another plan.
func partSteps(steps []slipway.Step, prefix string) []slipway.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].Name, steps[i].In = prefix+steps[i].Name, slipway.LanguageNode
		steps[i].Mounts = slices.Clone(steps[i].Mounts)
		for j, m := range steps[i].Mounts {
			if m.From != nil {
				from := *m.From
				from.Step = prefix + from.Step
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
