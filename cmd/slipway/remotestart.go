package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
)

// starting is what `slipway start` is asked.
type starting struct {
	rest.NewBuild

	follow bool
	cancel bool // an interrupt cancels what was started
}

func (a *app) startCommand() *cobra.Command {
	var asked starting
	c := &cobra.Command{
		Use: "start TEAM/NAME", Short: "Ask the server for a build of a service",
		Long: "Ask the server to look at a branch or tag of a service's repository and to build what is new\n" +
			"there. `slipway build` builds on this machine instead.\n" +
			"With --follow the exit code is the build's: 0 it succeeded, 1 it did not, 75 the platform failed.\n" +
			"For a job of a CI server: --cancel-on-interrupt, so that who aborts the job cancels the build.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := slipway.ParseServiceName(args[0])
			if err != nil {
				return err
			}
			if asked.cancel && !asked.follow {
				return slipway.Errorf(slipway.CodeUsage, "--cancel-on-interrupt is for a build that is followed").WithHint("add --follow")
			}
			return a.start(c.Context(), name, asked)
		},
	}
	flags := c.Flags()
	flags.StringVar(&asked.Ref, "ref", "", "branch, or full name of a ref (default: the default branch)")
	flags.StringVar(&asked.Commit, "commit", "", "whole id of a commit (default: where the ref stands)")
	flags.StringVar(&asked.Once, "once", "", "a name for this asking: asked again by it, no second build is made (in Jenkins $BUILD_TAG)")
	flags.StringVar(&asked.From, "from", "", "URL of the Jenkins build that asks ($BUILD_URL), shown as who it was")
	flags.BoolVarP(&asked.follow, "follow", "f", false, "follow the build's log to its end")
	flags.BoolVar(&asked.cancel, "cancel-on-interrupt", false, "with --follow: SIGINT and SIGTERM cancel the build")
	return c
}

func (a *app) start(ctx context.Context, name slipway.ServiceName, asked starting) error {
	server, err := a.remote()
	if err != nil {
		return err
	}
	started, err := server.Start(ctx, name, asked.NewBuild)
	if err != nil {
		return err
	}
	if !asked.follow {
		return a.print(started, func(w io.Writer) {
			fmt.Fprintf(w, "Asked, as event %d. `slipway builds --service %s` lists what comes of it.\n", started.Event, name)
		})
	}
	fmt.Fprintf(a.err, "slipway: asked, as event %d\n", started.Event)
	b, err := a.buildOf(ctx, server, started.Event, name)
	if err == nil && b.ID != 0 {
		fmt.Fprintf(a.err, "slipway: build %d of %s\n", b.ID, name)
		err = a.follow(ctx, server, b.ID)
	}
	if asked.cancel && ctx.Err() != nil {
		a.takeBack(ctx, server, started.Event, name)
	}
	return err
}

// takeBackTime is how long an interrupted command goes on, to cancel what it
// started: whoever aborts a job of a CI server kills what has not ended soon.
const takeBackTime = 8 * time.Second

// takeBack cancels what came of an event, after an interrupt.
func (a *app) takeBack(ctx context.Context, server *client.Client, event int64, name slipway.ServiceName) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), takeBackTime)
	defer stop()
	b, err := a.buildOf(ctx, server, event, name)
	if err == nil && b.ID != 0 {
		b, err = server.Cancel(ctx, b.ID, "what had started it was interrupted")
	}
	switch {
	case slipway.ErrorCode(err) == slipway.CodeConflict: // it has ended meanwhile
	case err != nil:
		fmt.Fprintf(a.err, "slipway: event %d could not be cancelled: %s\n", event, plainText(err.Error()))
	case b.ID != 0:
		fmt.Fprintf(a.err, "slipway: build %d is cancelled\n", b.ID)
	}
}

// askEvery is how often it is asked what became of an event.
const askEvery = 500 * time.Millisecond

// buildOf waits for an event to be expanded and gives its build of a service;
// the zero one when nothing was new.
func (a *app) buildOf(ctx context.Context, server *client.Client, event int64, name slipway.ServiceName) (slipway.Build, error) {
	for {
		e, err := server.Event(ctx, event)
		if err != nil {
			return slipway.Build{}, err
		}
		switch e.State {
		case slipway.EventPending, slipway.EventHeld:
		case slipway.EventFailed:
			return slipway.Build{}, slipway.Errorf(slipway.CodeInvalid, "%s cannot be built", name).WithDetails(e.Note)
		default:
			builds, err := server.Builds(ctx, client.Filter{Service: name.String(), Event: event, Most: 1})
			if err != nil || len(builds) > 0 {
				return first(builds), err
			}
			return slipway.Build{}, a.done("Nothing of %s is new there. %s", name, e.Note)
		}
		select {
		case <-ctx.Done():
			return slipway.Build{}, ctx.Err()
		case <-time.After(askEvery):
		}
	}
}

func first(builds []slipway.Build) (b slipway.Build) {
	if len(builds) > 0 {
		b = builds[0]
	}
	return b
}
