package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container"
	"github.com/slipway-ci/slipway/container/trial"
)

// stopSignal is what an orchestrator ends a container with.
const stopSignal = syscall.SIGTERM

func (a *app) checkCommand() *cobra.Command {
	var run bool
	var env []string
	c := &cobra.Command{
		Use:   "check IMAGE|OCI-TAR",
		Short: "Hold any image against the uniform image contract",
		Long: "Check an image in a registry, an image that was built here (TEAM/NAME:TAG), or an OCI\n" +
			"archive. With --run it is also started, read-only and as a random user, with the\n" +
			"configuration that --env gives it.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			variables, err := variablesOf(env)
			if err != nil {
				return err
			}
			if len(variables) > 0 && !run {
				return slipway.Errorf(slipway.CodeUsage, "--env is for a program that is started").WithHint("pass --run, too")
			}
			return a.check(c.Context(), args[0], run, variables)
		},
	}
	c.Flags().BoolVar(&run, "run", false, "also start the image and check how it behaves")
	c.Flags().StringArrayVar(&env, "env", nil, "with --run: set a variable of the program: NAME=VALUE")
	return c
}

func (a *app) check(ctx context.Context, ref string, run bool, env map[string]string) error {
	r := &reader{app: a}
	defer r.Close()
	img, err := r.read(ctx, ref)
	if err != nil {
		return err
	}
	opt := contract.Options{Base: r.baseOf(ctx, img), Stack: a.stackOf(img), Env: env}
	if run {
		if opt.Runner, err = a.trials(); err != nil {
			return err
		}
	}
	return a.checkImage(ctx, img, opt)
}

// stackOf is the catalogue's stack of the name that an image carries, for
// its budget and its init; nil when the catalogue has none.
func (a *app) stackOf(img v1.Image) *slipway.Stack {
	config, err := img.ConfigFile()
	if err != nil {
		return nil
	}
	catalogue, err := a.catalogue()
	if err != nil {
		return nil
	}
	for _, s := range catalogue.List("", "") {
		if s.Name == config.Config.Labels[slipway.LabelStack] && s.Run.Name == config.Config.Labels[slipway.LabelBaseName] && s.Init != "" {
			return &s
		}
	}
	return nil
}

// trials runs images below the data directory.
func (a *app) trials() (contract.Runner, error) {
	dir, err := a.containers()
	if err != nil {
		return nil, err
	}
	return trial.Runner{Options: container.Options{Dir: dir}}, nil
}

// containers is where the files of running containers are.
func (a *app) containers() (string, error) {
	dir, err := a.dataDir()
	if err != nil {
		return "", err
	}
	path := dir.join("run", "containers")
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be made", path).Because(err)
	}
	return path, nil
}

// checkImage prints the report; a violation is a failed check.
func (a *app) checkImage(ctx context.Context, img v1.Image, opt contract.Options) error {
	checked, err := contract.Check(ctx, img, opt)
	if err != nil {
		return err
	}
	if err := a.print(checked, func(w io.Writer) { showReport(w, checked) }); err != nil {
		return err
	}
	if checked.Failed() {
		return slipway.Errorf(slipway.CodeFailed, "the image breaks the contract").WithHint("each line above says what to change")
	}
	return nil
}

func showReport(w io.Writer, r contract.Report) {
	for _, result := range r.Results {
		fmt.Fprintf(w, "%-8s %-9s %s\n", result.Status, result.Rule, result.Says)
		if result.Reason != "" {
			fmt.Fprintf(w, "%-18s %s\n", "", printable(result.Reason))
		}
		for _, f := range result.Findings {
			fmt.Fprintf(w, "%-18s %s\n", "", printable(f.Message))
			fmt.Fprintf(w, "%-18s -> %s\n", "", printable(f.Hint))
		}
		for _, n := range result.Notes {
			fmt.Fprintf(w, "%-18s note: %s\n", "", printable(n))
		}
	}
}
