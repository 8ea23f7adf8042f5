package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

func (a *app) logsCommand() *cobra.Command {
	var follow bool
	var commit string
	c := &cobra.Command{
		Use: "logs ID|TEAM/NAME", Short: "Print a build's log, or that of a service's last build",
		Long: "Print a build's log. With --follow it goes on until the build ends, over connections that\n" +
			"break, and the exit code is the build's: 0 it succeeded, 1 it did not, 75 the platform failed.\n" +
			"Of a service it first waits, up to a minute, until it is known what the last push makes; after a\n" +
			"push whose hook may still be on its way, name the commit: --commit $(git rev-parse HEAD).",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			id, err := a.buildNamed(c.Context(), server, args[0], commit, follow)
			if err != nil || id == 0 {
				return err
			}
			if follow {
				return a.follow(c.Context(), server, id)
			}
			show := a.logReader()
			return server.Log(c.Context(), id, show.Entry)
		},
	}
	c.Flags().StringVar(&commit, "commit", "", "of TEAM/NAME the build of this commit, its whole id")
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the build ends")
	return c
}

// follow prints a log to the build's end, which is the command's.
func (a *app) follow(ctx context.Context, server *client.Client, id int64) error {
	b, err := server.Follow(ctx, id, a.logReader())
	if err != nil {
		return err
	}
	if b.State != slipway.BuildSucceeded {
		return unsuccessful(b)
	}
	if a.global.output == "text" {
		fmt.Fprintf(a.err, "slipway: build %d succeeded: %s\n", b.ID, printable(b.Image.String()))
	}
	return nil
}

// unsuccessful is a build's end as an error, whose code gives the exit code.
func unsuccessful(b slipway.Build) error {
	code := slipway.CodeFailed
	switch b.Class {
	case slipway.ClassPlatform, slipway.ClassRegistry:
		code = slipway.CodeUnavailable
	case slipway.ClassLimit:
		code = slipway.CodeLimit
	default: // the user's to mend
	}
	sentence := "build %d %s"
	if b.State != slipway.BuildFailed {
		sentence = "build %d is %s"
	}
	err := slipway.Errorf(code, sentence, b.ID, b.State).WithClass(b.Class)
	if b.Reason != "" {
		err = err.WithDetails(strings.Split(b.Reason, "\n")...)
	}
	return err
}

// logReader prints a log: in colours on a terminal alone, and as it is stored
// where JSON is asked for.
type logReader struct {
	out, err io.Writer
	json     *json.Encoder // nil for text
	fancy    bool
	attempt  int
}

func (a *app) logReader() *logReader {
	r := &logReader{out: a.out, err: a.err, fancy: isTerminal(a.out)}
	if a.global.output == "json" {
		r.json = json.NewEncoder(a.out)
		r.json.SetEscapeHTML(false)
	}
	return r
}

// Entry implements client.Reader.
func (r *logReader) Entry(e slipway.LogEntry) {
	if r.json != nil {
		if err := r.json.Encode(e); err != nil {
			fmt.Fprintf(r.err, "slipway: a line of the log cannot be written: %v\n", err)
		}
		return
	}
	if e.Left > 0 {
		r.line(e.Step, fmt.Sprintf("… %d bytes were not kept …", e.Left))
	}
	switch {
	case e.Request: // nobody wants to watch hundreds of them
	case e.Begun:
		r.line(e.Step, "…")
	case e.Failed != "":
		r.line(e.Step, "failed: "+e.Failed)
	case e.Ended && e.Cached:
		r.line(e.Step, "found, not run")
	case e.Ended:
		r.line(e.Step, "done")
	default:
		r.line(e.Step, e.Text)
	}
}

func (r *logReader) line(step, text string) {
	end := ""
	if r.fancy {
		end = "\x1b[0m" // whatever colour it ends in
	} else {
		text = colourless(text)
	}
	step = plainText(step)
	for part := range strings.SplitSeq(printable(text), "\n") { // each with its step: none can pass for another step's
		fmt.Fprintf(r.out, "%-8s | %s%s\n", step, part, end)
	}
}

// State implements client.Reader.
func (r *logReader) State(b slipway.Build) {
	switch {
	case b.State == slipway.BuildQueued && b.Attempt > 0:
		fmt.Fprintf(r.err, "slipway: build %d waits again: %s\n", b.ID, plainText(b.Reason))
	case b.State == slipway.BuildQueued:
		fmt.Fprintf(r.err, "slipway: build %d waits; `slipway queue` says for what\n", b.ID)
	case b.State == slipway.BuildRunning && b.Attempt != r.attempt:
		r.attempt = b.Attempt
		fmt.Fprintf(r.err, "slipway: build %d runs on %s, attempt %d\n", b.ID, plainText(b.Worker), b.Attempt)
	}
}

// Lost implements client.Reader.
func (r *logReader) Lost(err error) {
	fmt.Fprintf(r.err, "slipway: %s; trying again\n", plainText(err.Error()))
}
