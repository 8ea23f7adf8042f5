package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/doctor"
)

func (a *app) doctorCommand() *cobra.Command {
	var flags engineFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine and say how to mend what is missing",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.doctor(c.Context(), flags) },
	}
	a.engineFlags(c.Flags(), &flags)
	return c
}

func (a *app) doctor(ctx context.Context, flags engineFlags) error {
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return err
	}
	opt := doctor.Options{DataDir: dir.path, Buildkit: moduleVersion("github.com/moby/buildkit"), Rootless: os.Geteuid() != 0}
	if flags.buildkit == "" {
		if opt.Buildkitd, err = a.buildkitd(); err != nil {
			opt.Buildkitd = "buildkitd"
		}
	}
	checks := doctor.Here(me.Username).Checks(opt)
	var live func(doctor.Finding)
	if a.global.output == "text" {
		live = func(f doctor.Finding) { showFinding(a.out, f) }
	}
	findings := doctor.Run(ctx, checks, live)
	if doctor.Worst(findings) != doctor.StatusFail {
		findings = append(findings, doctor.Run(ctx, a.engineChecks(flags), live)...)
	}
	if err := a.print(findings, func(io.Writer) {}); err != nil {
		return err
	}
	if doctor.Worst(findings) == doctor.StatusFail {
		return slipway.Errorf(slipway.CodeFailed, "this machine cannot build safely yet").WithHint("mend what is marked fail, then run `slipway doctor` again")
	}
	return nil
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
