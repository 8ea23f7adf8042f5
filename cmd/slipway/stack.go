package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

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
	show, start := a.progress(log), time.Now()
	made, err := p.assemble(ctx, targets, refresh, show)
	if err != nil {
		return err
	}
	rows, err := p.madeRows(ctx, made)
	if err != nil {
		return err
	}
	return a.print(rows, func(w io.Writer) {
		for _, r := range rows {
			how := "made in " + seconds(r.Took)
			if r.Reused {
				how = "here already"
			}
			fmt.Fprintf(w, "%-52s %7.1f MB  %s\n", r.Image.Name, float64(r.Bytes)/1e6, how)
		}
		fmt.Fprintf(w, "all in %s\n", seconds(time.Since(start)))
	})
}

// madeRow is an image that `slipway stack build` saw to.
type madeRow struct {
	assemble.Made
	Bytes int64 // of its layers, compressed
}

func (p *platform) madeRows(ctx context.Context, made []assemble.Made) ([]madeRow, error) {
	rows := make([]madeRow, len(made))
	for i, m := range made {
		image, err := p.fetch(ctx, reference(m.Image))
		if err != nil {
			return nil, err
		}
		manifest, err := image.Manifest()
		if err != nil {
			return nil, err
		}
		rows[i] = madeRow{Made: m}
		for _, l := range manifest.Layers {
			rows[i].Bytes += l.Size
		}
	}
	return rows, nil
}

// reference names an image of the embedded registry by its digest.
func reference(image slipway.StackImage) string {
	return withoutTag(strings.TrimPrefix(image.Name, internalRegistry+"/")) + "@" + image.Digest
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
	if !buildpacks.Own(image.Name) {
		return false, nil
	}
	_, err := p.fetch(ctx, reference(image))
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
