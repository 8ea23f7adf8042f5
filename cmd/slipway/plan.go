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
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use:   "plan DIR|GIT-URL[#ref[:subdir]]",
		Short: "Show what a build would do and why, without building",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			plan, _, err := a.plan(c.Context(), args[0], f)
			if err != nil {
				return err
			}
			return a.print(plan, func(w io.Writer) { explainPlan(w, plan) })
		},
	}
	f.register(c.Flags())
	a.profileFlag(c.Flags(), &f.profile)
	return c
}

// plan needs no engine and no lock: it reads the files and the catalogue. A
// stack without a digest here is shown by name.
func (a *app) plan(ctx context.Context, arg string, f planFlags) (slipway.Plan, slipway.Stack, error) {
	location, err := source.Parse(arg)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	service, err := f.serviceName(location)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	dir, err := a.dataDir()
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	settings, err := a.settings()
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	lock, err := buildpacks.OpenLock(dir.join("stacks.json"))
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	chosen, err := a.newStacks(lock, f.profile, true)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	tree, err := source.New(a.sourceConfig(dir, settings)).Open(ctx, location)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	defer tree.Close() //nolint:errcheck // read-only
	b := &builder.Builder{Stacks: chosen}
	return b.Plan(ctx, builder.Request{Service: service, Tree: tree, Path: f.pathIn(tree), Main: f.main})
}

func shorten(s string) string {
	const most = 160
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	return s[:most] + " …"
}
