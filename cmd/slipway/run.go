package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container"
)

func (a *app) runCommand() *cobra.Command {
	var env []string
	c := &cobra.Command{
		Use:   "run IMAGE|OCI-TAR",
		Short: "Start an image on this machine with runc, to try it",
		Long: "Start an image as a platform would: read-only root, its own user, limits. A web service\n" +
			"answers on the printed address until the command is interrupted.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			variables, err := variablesOf(env)
			if err != nil {
				return err
			}
			return a.runImage(c.Context(), args[0], variables)
		},
	}
	c.Flags().StringArrayVar(&env, "env", nil, "set a variable of the program: NAME=VALUE")
	return c
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

func (a *app) runImage(ctx context.Context, ref string, env map[string]string) error {
	r := &reader{app: a}
	defer r.Close()
	img, err := r.read(ctx, ref)
	if err != nil {
		return err
	}
	inside, err := webPort(img)
	if err != nil {
		return err
	}
	dir, err := a.containers()
	if err != nil {
		return err
	}
	c, err := container.Start(ctx, img, container.Options{Dir: dir, Env: env, Stdout: a.out, Stderr: a.err})
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
	return ended(exit.Code, inside)
}

// ended says what a program's end by itself means; port is where it should
// have answered, 0 for one that has none.
func ended(code, port int) error {
	switch {
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
func webPort(img v1.Image) (int, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return 0, slipway.Errorf(slipway.CodeFailed, "the image has no readable configuration").Because(err)
	}
	if config.Config.Labels[slipway.LabelKind] != string(slipway.KindWeb) && len(config.Config.ExposedPorts) == 0 {
		return 0, nil
	}
	for _, kv := range config.Config.Env {
		if text, ok := strings.CutPrefix(kv, "PORT="); ok {
			if port, err := strconv.Atoi(text); err == nil {
				return port, nil
			}
		}
	}
	return contract.Port, nil
}
