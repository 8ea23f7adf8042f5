package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/doctor"
)

func (a *app) doctorCommand() *cobra.Command {
	var flags engineFlags
	var server bool
	c := &cobra.Command{
		Use:   "doctor [CONNECTION|TEAM/NAME]",
		Short: "Check this machine and the server, and say how to mend what is wrong",
		Long: "Check what this machine lacks to build and, where a server is known (`slipway login`,\n" +
			"SLIPWAY_SERVER, or a running `slipway up`), the way from a repository's hook to its images\n" +
			"there: of every connection that the token may try, or of one service's.",
		Example: "  slipway doctor\n  slipway doctor --server\n  slipway doctor shop/cart",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 || server {
				return a.serverDoctor(c.Context(), strings.Join(args, ""))
			}
			return a.doctor(c.Context(), flags)
		},
	}
	c.Flags().BoolVar(&server, "server", false, "look at the server alone; one that is not known is an error")
	a.engineFlags(c.Flags(), &flags)
	return c
}

// live shows findings as they come, where a person reads them.
func (a *app) live() func(doctor.Finding) {
	if a.global.output != "text" {
		return nil
	}
	return func(f doctor.Finding) { showFinding(a.out, f) }
}

func (a *app) doctor(ctx context.Context, flags engineFlags) error {
	opt, err := a.doctorOptions(flags)
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return err
	}
	here := doctor.Run(ctx, doctor.Here(me.Username).Checks(opt), a.live())
	if doctor.Worst(here) != doctor.StatusFail {
		here = append(here, doctor.Run(ctx, a.engineChecks(flags), a.live())...)
	}
	var there []doctor.Finding
	if l, err := a.login(); err == nil || l.Server != "" { // the engine's check forgot an `up` that was killed
		there = a.examine(ctx, "", a.live())
	}
	if err := a.print(slices.Concat(here, there), func(io.Writer) {}); err != nil {
		return err
	}
	if doctor.Worst(here) == doctor.StatusFail {
		return slipway.Errorf(slipway.CodeFailed, "this machine cannot build safely yet").WithHint("mend what is marked fail, then run `slipway doctor` again")
	}
	return serverVerdict(there)
}

func (a *app) doctorOptions(flags engineFlags) (opt doctor.Options, err error) {
	dir, err := a.dataDir()
	if err != nil {
		return opt, err
	}
	opt = doctor.Options{DataDir: dir.path, Buildkit: moduleVersion("github.com/moby/buildkit"), Rootless: os.Geteuid() != 0}
	if flags.buildkit == "" {
		if opt.Buildkitd, err = a.buildkitd(); err != nil {
			opt.Buildkitd = "buildkitd"
		}
	}
	return opt, nil
}

// serverDoctor looks at the server alone, at every connection or at only one.
func (a *app) serverDoctor(ctx context.Context, only string) error {
	findings := a.examine(ctx, only, a.live())
	if err := a.print(findings, func(io.Writer) {}); err != nil {
		return err
	}
	return serverVerdict(findings)
}

func serverVerdict(findings []doctor.Finding) error {
	if doctor.Worst(findings) != doctor.StatusFail {
		return nil
	}
	return slipway.Errorf(slipway.CodeFailed, "the server does not make an image of every push yet").
		WithHint("mend what is marked fail, then run `slipway doctor --server` again")
}

func showFinding(w io.Writer, f doctor.Finding) {
	fmt.Fprintf(w, "%-5s %-18s %s\n", f.Status, f.Check, printable(f.Found))
	if f.Mend != "" {
		fmt.Fprintf(w, "%-24s %s\n", "", "-> "+printable(f.Mend))
	}
}

// probeTime bounds each request of the doctor's own server.
const probeTime = 5 * time.Second

// hintOf gives an error's hint, or the next best thing to do.
func hintOf(err error) string {
	if p := problemOf(err); p.Hint != "" {
		return p.Hint
	}
	return "see the sentence"
}
