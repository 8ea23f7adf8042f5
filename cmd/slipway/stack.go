package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/buildpacks"
)

func (a *app) stackCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "stack",
		Short: "List and make the images that services are built with and run on",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.stackListCommand(), a.stackBuildCommand())
	return c
}

// stackRow is a stack on one of its run images.
type stackRow struct {
	slipway.Stack
	Language slipway.Language `json:"language"`
	Base     string           `json:"base"`    // that a plan asks for the run image by
	Here     bool             `json:"here"`    // both images are known by digest on this machine
	Default  bool             `json:"default"` // for those who ask for no version
}

func (a *app) stackListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ls",
		Short: "List the stacks of the catalogue and which are on this machine",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows, err := a.stackRows()
			if err != nil {
				return err
			}
			return a.print(rows, func(w io.Writer) { listStacks(w, rows) })
		},
	}
}

// listStacks writes a line for each language, version and profile.
func listStacks(w io.Writer, rows []stackRow) {
	fmt.Fprintf(w, "%-9s %-8s %-10s %-5s %-8s %-20s %s\n", "LANGUAGE", "VERSION", "PROFILE", "HERE", "DEFAULT", "BASES", "BUILD IMAGE")
	for len(rows) > 0 {
		first := rows[0]
		same := 1
		for same < len(rows) && rows[same].Build.Name == first.Build.Name && rows[same].Name == first.Name {
			same++
		}
		here, bases := true, make([]string, same)
		for i, r := range rows[:same] {
			here, bases[i] = here && r.Here, r.Base
		}
		fmt.Fprintf(w, "%-9s %-8s %-10s %-5s %-8s %-20s %s\n", first.Language, cmp.Or(first.Version, "-"), first.Profile,
			yesNo(here), yesNo(first.Default), strings.Join(bases, ", "), first.Build.Name)
		rows = rows[same:]
	}
}

func (a *app) stackRows() ([]stackRow, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	lock, err := buildpacks.OpenLock(dir.join("stacks.json"))
	if err != nil {
		return nil, err
	}
	catalogue, err := a.catalogue()
	if err != nil {
		return nil, err
	}
	rows := []stackRow{}
	for _, l := range catalogue.With(lock).Listing() {
		resolved, err := lock.Resolve(l.Stack)
		rows = append(rows, stackRow{Stack: resolved, Language: l.Language, Base: l.Base, Here: err == nil, Default: l.Default})
	}
	return rows, nil
}

func (a *app) stackBuildCommand() *cobra.Command {
	var flags engineFlags
	var refresh, all bool
	c := &cobra.Command{
		Use:   "build [LANGUAGE[@VERSION] | IMAGE[@SUITE]…]",
		Short: "Make stack images from Debian packages and the language registries",
		Long: "Make the images of the assembled profile on this machine: no public image registry is\n" +
			"needed. Without arguments, the default stack of each language. What is there is not\n" +
			"made again.",
		Example: "  slipway stack build\n  slipway stack build node python@3.13\n  slipway stack build go@1.25.3",
		RunE: func(c *cobra.Command, args []string) error {
			targets, err := a.targetsOf(args, all)
			if err != nil {
				return err
			}
			return a.stackBuild(c.Context(), targets, flags, refresh)
		},
	}
	a.engineFlags(c.Flags(), &flags)
	c.Flags().BoolVar(&refresh, "refresh", false, "make everything again from what the archives serve today")
	c.Flags().BoolVar(&all, "all", false, "make every version that the catalogue lists")
	return c
}

func (a *app) stackBuild(ctx context.Context, targets []buildpacks.Target, flags engineFlags, refresh bool) error {
	p, err := a.open(flags)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	log, err := p.logFile("stacks.log")
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // each line is written as it comes
	show := a.progress(log)
	made, err := p.assemble(ctx, targets, refresh, show)
	if err != nil {
		return err
	}
	return a.print(made, func(w io.Writer) {
		for _, m := range made {
			how := "made in " + seconds(m.Took)
			if m.Reused {
				how = "here already"
			}
			fmt.Fprintf(w, "%-46s %s\n", m.Image.Name, how)
		}
	})
}

func (a *app) targetsOf(names []string, all bool) ([]buildpacks.Target, error) {
	catalogue, err := a.catalogue()
	switch {
	case err != nil:
		return nil, err
	case all && len(names) > 0:
		return nil, slipway.Errorf(slipway.CodeUsage, "--all makes every stack; it goes with no name")
	case all:
		return assemble.AllTargets(catalogue)
	}
	return assemble.Targets(catalogue, names...)
}

func (p *platform) assemble(ctx context.Context, targets []buildpacks.Target, refresh bool, log slipway.Log) ([]assemble.Made, error) {
	address, err := p.daemonAddress(ctx)
	if err != nil {
		return nil, err
	}
	a := &assemble.Assembler{
		Address:  address,
		Registry: assemble.Credentials{Host: internalRegistry, User: p.creds.User, Password: p.creds.Password},
		Lock:     p.lock, Cache: p.dir.join("cache", "stacks"), Settings: p.settings, Log: log, Refresh: refresh,
		Has: p.has,
	}
	return a.Make(ctx, targets)
}

// has tells whether the embedded registry still has a stack image.
func (p *platform) has(ctx context.Context, image slipway.StackImage) (bool, error) {
	name, ours := strings.CutPrefix(image.Name, internalRegistry+"/")
	if !ours {
		return false, nil
	}
	_, err := p.fetch(ctx, withoutTag(name)+"@"+image.Digest)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return false, nil
	}
	return err == nil, err
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
