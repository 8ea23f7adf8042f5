package main

import (
	"cmp"
	"context"
	"path"
	"runtime"
	"slices"
	"sync"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/source"
)

// surveyed is what a service would become, or why it would become nothing.
type surveyed struct {
	Service slipway.ServiceName `json:"service"`
	Path    string              `json:"path,omitempty"` // in its tree
	Plan    *slipway.Plan       `json:"plan,omitempty"`
	Problem *slipway.Problem    `json:"problem,omitempty"`
}

// survey plans every service of a tree: those that its slipway.yaml declares,
// else the one that is there.
func (p *planner) survey(ctx context.Context, l source.Location, team string) []surveyed {
	whole, err := serviceFlags{}.serviceName(l)
	whole.Team = team
	one := surveyed{Service: whole, Path: l.Subdir}
	if err != nil {
		return []surveyed{one.failed(err)}
	}
	tree, err := p.sources.Open(ctx, l)
	if err != nil {
		return []surveyed{one.failed(err)}
	}
	defer tree.Close() //nolint:errcheck // read-only
	one.Path = tree.Subdir()
	all, err := declaredIn(tree, one)
	if err != nil {
		return []surveyed{one.failed(err)}
	}
	for i, s := range all {
		all[i] = p.look(ctx, tree, s)
	}
	return all
}

// declaredIn gives the services that the slipway.yaml of a directory declares,
// else the one that the directory is.
func declaredIn(tree *source.Tree, one surveyed) ([]surveyed, error) {
	data, there, err := repo.Read(tree.FS(), path.Join(one.Path, manifest.Name))
	if err != nil || !there {
		return []surveyed{one}, err
	}
	file, err := manifest.Parse(data, cmp.Or(one.Path, "."))
	if err != nil {
		return nil, err
	}
	var all []surveyed
	for _, s := range file.Services {
		dir := path.Clean(cmp.Or(s.Path, "."))
		if dir == "." {
			dir = ""
		}
		all = append(all, surveyed{Service: slipway.ServiceName{Team: one.Service.Team, Name: cmp.Or(s.Name, one.Service.Name)}, Path: dir})
	}
	if len(all) == 0 {
		all = []surveyed{one}
	}
	return all, nil
}

// look plans one service. A defect that it meets is not the others'.
func (p *planner) look(ctx context.Context, tree *source.Tree, s surveyed) (found surveyed) {
	defer func() {
		if met := recover(); met != nil {
			found = s.failed(slipway.Errorf(slipway.CodeInternal, "its plan met a defect of Slipway: %v", met))
		}
	}()
	plan, _, err := p.builder.Plan(ctx, builder.Request{Service: s.Service, Tree: tree, Path: s.Path})
	if err != nil {
		return s.failed(err)
	}
	s.Plan = &plan
	return s
}

func (s surveyed) failed(err error) surveyed {
	s.Problem = slipway.ProblemOf(err)
	return s
}

// columns are a service's for a table: what it becomes, or why nothing.
func (s surveyed) columns() []string {
	if s.Plan == nil {
		return []string{"-", "", s.Problem.Message}
	}
	return []string{languageOf(*s.Plan), string(s.Plan.Kind), shorten(startOf(*s.Plan))}
}

// each does something for all of some things, as many at once as the machine
// has processors, and gives the answers in their order.
func each[Thing, Answer any](ctx context.Context, things []Thing, do func(context.Context, Thing) Answer) []Answer {
	answers := make([]Answer, len(things))
	var hands sync.WaitGroup
	next := make(chan int)
	for range min(len(things), runtime.GOMAXPROCS(0)) {
		hands.Go(func() {
			for i := range next {
				answers[i] = do(ctx, things[i])
			}
		})
	}
	for i := range things {
		next <- i
	}
	close(next)
	hands.Wait()
	return answers
}

// planned counts those that have a plan.
func planned(all []surveyed) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(s surveyed) bool { return s.Plan == nil }))
}
