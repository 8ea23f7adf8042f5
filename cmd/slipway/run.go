package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container"
)

// runFlags say what of an image is run.
type runFlags struct {
	env     []string
	release bool
	program []string // behind --
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run IMAGE|OCI-TAR",
		Short: "Start an image on this machine with runc, to try it",
		Long: "Start an image as a platform would: read-only root, its own user, limits. A web service\n" +
			"answers on the printed address until the command is interrupted; a task runs to its end.\n" +
			"--release runs the image's release command in place of its program; what stands behind --\n" +
			"is run in place of it, too: slipway run IMAGE -- python manage.py check. When the program\n" +
			"ends with another code than 0, the exit code is 1, and the message has the program's own.",
		Args: func(c *cobra.Command, args []string) error {
			f.program = nil
			if dash := c.ArgsLenAtDash(); dash >= 0 {
				f.program, args = args[dash:], args[:dash]
			}
			return cobra.ExactArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.runImage(c.Context(), args[0], f)
		},
	}
	c.Flags().StringArrayVar(&f.env, "env", nil, "set a variable of the program: NAME=VALUE")
	c.Flags().BoolVar(&f.release, "release", false, "run the release command, as once before a release starts")
	return c
}

// instead is the command line to run in place of the image's own, nil for
// that.
func (f runFlags) instead(config v1.Config) ([]string, error) {
	program := f.program
	switch {
	case f.release && len(program) > 0:
		return nil, slipway.Errorf(slipway.CodeUsage, "--release and a command of one's own are two different programs").WithHint("run one after the other")
	case f.release:
		if program = contract.Release(config); program == nil {
			return nil, slipway.Errorf(slipway.CodeUsage, "the image has no release command").
				WithHint("declare it in slipway.yaml, `commands: {release: …}`, or in a Procfile, and build again")
		}
	case len(program) == 0:
		return nil, nil
	}
	return contract.Instead(config, program), nil
}

func variablesOf(flags []string) (map[string]string, error) {
	variables := map[string]string{}
	for _, flag := range flags {
		name, value, ok := strings.Cut(flag, "=")
		if !ok || name == "" {
			return nil, slipway.Errorf(slipway.CodeUsage, "--env %s is not NAME=VALUE", flag)
		}
		variables[name] = value
	}
	return variables, nil
}

func (a *app) runImage(ctx context.Context, ref string, f runFlags) error {
	env, err := variablesOf(f.env)
	if err != nil {
		return err
	}
	r := &reader{app: a}
	defer r.Close()
	img, err := r.read(ctx, ref)
	if err != nil {
		return err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return slipway.Errorf(slipway.CodeFailed, "the image has no readable configuration").Because(err)
	}
	args, err := f.instead(config.Config)
	if err != nil {
		return err
	}
	inside := 0
	if args == nil {
		inside = webPort(config.Config)
	}
	dir, err := a.containers()
	if err != nil {
		return err
	}
	c, err := container.Start(ctx, img, container.Options{Dir: dir, Args: args, Env: env, Stdout: a.out, Stderr: a.err})
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck,contextcheck // a second end of an ended container, also when ctx has ended
	if inside > 0 {
		address, err := c.Publish(ctx, inside)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.err, "slipway: http://%s is the image's port %d; stop with Ctrl-C\n", address, inside)
	}
	exit, err := c.Wait(ctx)
	if ctx.Err() != nil {
		return a.stopContainer(c) //nolint:contextcheck // ctx has ended; the stop has a limit of its own
	}
	if err != nil {
		return err
	}
	stdout, stderr := c.Output()
	return ended(exit.Code, inside, stdout+stderr)
}

// wantsToWrite is how programs of several languages say that a file system is
// read-only.
var wantsToWrite = regexp.MustCompile(`(?i)read-?only ?file ?system|\bEROFS\b|unable to open database file|SQLITE_CANTOPEN|readonly database`)

// ended says what a program's end by itself means; port is where it should
// have answered, 0 for one that has none, and said what it printed.
func ended(code, port int, said string) error {
	switch {
	case code != 0 && wantsToWrite.MatchString(said):
		return slipway.Errorf(slipway.CodeFailed, "the image's program ended with exit code %d, since it may write to /tmp and to what is declared alone", code).
			WithHint("declare the directory that it writes to: `writable: [data]` in slipway.yaml; `slipway check IMAGE --run` names it")
	case code != 0:
		return slipway.Errorf(slipway.CodeFailed, "the image's program ended with exit code %d", code).
			WithHint("what it printed is above; a variable that it lacks is given with --env NAME=VALUE")
	case port != 0:
		return slipway.Errorf(slipway.CodeFailed, "the image's program ended by itself, and nothing answers on port %d", port).
			WithHint("if ending is its job, say `kind: task` in slipway.yaml; if not, start what goes on: `commands: {start: …}`")
	}
	return nil
}

// stopContainer asks the program to end as an orchestrator would, and ends
// it when it does not.
func (a *app) stopContainer(c *container.Container) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Signal(stopSignal); err != nil {
		return err
	}
	if _, err := c.Wait(ctx); err != nil {
		fmt.Fprintln(a.err, "slipway: the program did not end within 10 seconds of SIGTERM and was killed")
	}
	return nil
}

// webPort gives the port of a web image, 0 for one that has none.
func webPort(config v1.Config) int {
	if config.Labels[slipway.LabelKind] != string(slipway.KindWeb) && len(config.ExposedPorts) == 0 {
		return 0
	}
	for _, kv := range config.Env {
		if text, ok := strings.CutPrefix(kv, "PORT="); ok {
			if port, err := strconv.Atoi(text); err == nil {
				return port
			}
		}
	}
	return contract.Port
}
