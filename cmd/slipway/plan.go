package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/source"
	"github.com/slipway-ci/slipway/buildpacks"
)

type planFlags struct {
	serviceFlags

	profile string
	all     bool
	diff    string
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use:   "plan DIR|GIT-URL[#ref[:subdir]]",
		Short: "Show what a build would do and why, without building",
		Long: "Show what a build would do and why, without building. With --all, DIR is a folder of\n" +
			"checkouts, at any depth down to three, and the answer a table of all their services.",
		Example: "  slipway plan --all ~/src --output json > before.json\n" +
			"  slipway plan --all ~/src --diff before.json      # with another slipway, or other stacks",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if f.all {
				return a.planAll(c.Context(), args[0], f)
			}
			if f.diff != "" {
				return slipway.Errorf(slipway.CodeUsage, "--diff compares the plans of a folder").WithHint("add --all")
			}
			plan, _, err := a.plan(c.Context(), args[0], f)
			if err != nil {
				return err
			}
			return a.print(plan, func(w io.Writer) { explainPlan(w, plan) })
		},
	}
	f.register(c.Flags())
	a.profileFlag(c.Flags(), &f.profile)
	c.Flags().BoolVar(&f.all, "all", false, "plan every service of every checkout below DIR")
	c.Flags().StringVar(&f.diff, "diff", "", "with --all: what an earlier --output json of it had, to show what is different now")
	return c
}

// plan plans one service.
func (a *app) plan(ctx context.Context, arg string, f planFlags) (slipway.Plan, slipway.Stack, error) {
	location, err := source.Parse(arg)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	service, err := f.serviceName(location)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	p, err := a.planner(f.profile)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	tree, err := p.sources.Open(ctx, location)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	defer tree.Close() //nolint:errcheck // read-only
	if service, err = f.declared(service, tree); err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	return p.builder.Plan(ctx, builder.Request{Service: service, Tree: tree, Path: f.pathIn(tree), Main: f.main})
}

// planner plans and builds nothing. It needs no engine and no lock: it reads
// the files and the catalogue. A stack without a digest here is shown by name.
type planner struct {
	sources *source.Sources
	builder *builder.Builder
}

func (a *app) planner(profile string) (*planner, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	settings, err := a.settings()
	if err != nil {
		return nil, err
	}
	lock, err := buildpacks.OpenLock(dir.join("stacks.json"))
	if err != nil {
		return nil, err
	}
	chosen, err := a.newStacks(lock, profile, true)
	if err != nil {
		return nil, err
	}
	return &planner{source.New(a.sourceConfig(dir, settings)), &builder.Builder{Stacks: chosen}}, nil
}

func shorten(s string) string {
	const most = 160
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	return s[:most] + " …"
}
