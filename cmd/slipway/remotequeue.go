package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
)

func (a *app) queueCommand() *cobra.Command {
	return &cobra.Command{
		Use: "queue", Short: "Show the builds that wait, their places and why", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			waiting, err := server.Queue(c.Context())
			if err != nil {
				return err
			}
			return a.print(waiting, func(w io.Writer) {
				if len(waiting) == 0 {
					fmt.Fprintln(w, "No build waits.")
					return
				}
				rows := [][]string{{"PLACE", "BUILD", "SERVICE", "STARTS IN", "WHY IT WAITS"}}
				for _, q := range waiting {
					in := ""
					if q.Estimate > 0 {
						in = "about " + (time.Duration(q.Estimate) * time.Second).String()
					}
					rows = append(rows, []string{strconv.Itoa(q.Position), strconv.FormatInt(q.Build, 10), q.Service.String(), in, q.Reason})
				}
				table(w, rows...)
			})
		},
	}
}

// workerCommands ask the server about its workers.
func (a *app) workerCommands() []*cobra.Command {
	return []*cobra.Command{a.workerListCommand(), a.workerDrainCommand("drain", true), a.workerDrainCommand("undrain", false)}
}

func (a *app) workerListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List the workers that the server has heard of (operators)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			workers, err := server.Workers(c.Context())
			if err != nil {
				return err
			}
			return a.print(workers, func(w io.Writer) {
				rows := [][]string{{"WORKER", "BUILDS", "PLATFORM", "TRUST", "VERSION", "SEEN", "STATE"}}
				for _, v := range workers {
					rows = append(rows, []string{
						v.Name, fmt.Sprintf("%d of %d", len(v.Running), v.Slots), v.Platform, serves(v.Trust), v.Version, at(v.Seen), workerState(v, time.Now()),
					})
				}
				table(w, rows...)
			})
		},
	}
}

// goneAfter is how long a worker, which reports every few seconds, may say
// nothing before it is believed to be gone.
const goneAfter = 15 * time.Second

func workerState(w slipway.Worker, now time.Time) string {
	switch quiet := now.Sub(w.Seen); {
	case quiet > goneAfter:
		return "gone for " + quiet.Round(time.Second).String()
	case w.Sick != "":
		return "sick: " + w.Sick
	case w.Drain || w.Draining:
		return "drains"
	default:
		return "well"
	}
}

// serves says whose code a worker builds.
func serves(levels []slipway.Trust) string {
	words := make([]string, len(levels))
	for i, l := range levels {
		words[i] = string(l)
	}
	return strings.Join(words, ", ")
}

func (a *app) workerDrainCommand(verb string, drain bool) *cobra.Command {
	short, sentence := "Take a worker back into the rota (operators)", "%s takes builds again."
	if drain {
		short, sentence = "Give a worker no new builds; what it has ends (operators)", "%s gets nothing new."
	}
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			if err := server.Drain(c.Context(), args[0], drain); err != nil {
				return err
			}
			return a.done(sentence, args[0])
		},
	}
}
