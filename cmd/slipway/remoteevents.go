package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

func (a *app) eventsCommand() *cobra.Command {
	var most int
	c := &cobra.Command{
		Use: "events CONNECTION|TEAM/NAME", Short: "List what happened to a repository, newest first", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			connection, err := connectionNamed(c.Context(), server, args[0])
			if err != nil {
				return err
			}
			events, err := server.Events(c.Context(), connection, most)
			if err != nil {
				return err
			}
			return a.print(events, func(w io.Writer) {
				rows := [][]string{{"EVENT", "RECEIVED", "KIND", "REF", "COMMIT", "BY", "STATE", "NOTE"}}
				for _, e := range events {
					note, _, _ := strings.Cut(e.Note, "\n")
					rows = append(rows, []string{
						strconv.FormatInt(e.ID, 10), at(e.Received), string(e.Event.Kind), refOf(e.Event), short(e.Event.After), e.Event.Actor, string(e.State), note,
					})
				}
				table(w, rows...)
			})
		},
	}
	c.Flags().IntVarP(&most, "number", "n", 20, "at most so many (0: all)")
	return c
}

func refOf(e slipway.Event) string {
	if e.Pull != nil {
		return fmt.Sprintf("#%d %s of %s", e.Pull.Number, e.Pull.Branch, e.Pull.Source)
	}
	return e.Ref
}

// connectionNamed reads a connection's number, or finds a service's.
func connectionNamed(ctx context.Context, server *client.Client, arg string) (int64, error) {
	if !strings.Contains(arg, "/") {
		return number("connection", arg)
	}
	name, err := slipway.ParseServiceName(arg)
	if err != nil {
		return 0, err
	}
	service, err := server.Service(ctx, name)
	return service.Connection, err
}

func (a *app) approveCommand() *cobra.Command {
	var commit string
	c := &cobra.Command{
		Use: "approve EVENT", Short: "Let a pull request of a fork be built, at the commit that you have looked at", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("event", args[0])
			if err != nil {
				return err
			}
			if commit == "" {
				return slipway.Errorf(slipway.CodeUsage, "it is not said which commit is approved").WithHint("look at it, then write --commit with its whole id")
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			e, err := server.Approve(c.Context(), id, commit)
			if err != nil {
				return err
			}
			return a.print(e, func(w io.Writer) { fmt.Fprintf(w, "Event %d is approved at %s, and at no other commit.\n", id, commit) })
		},
	}
	c.Flags().StringVar(&commit, "commit", "", "the commit's whole id")
	return c
}

func (a *app) auditCommand() *cobra.Command {
	var team string
	var most int
	c := &cobra.Command{
		Use: "audit", Short: "Show who changed what, newest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			entries, err := server.Audit(c.Context(), team, most)
			if err != nil {
				return err
			}
			return a.print(entries, func(w io.Writer) {
				rows := [][]string{{"AT", "WHO", "DID", "TO", "TEAM"}}
				for _, e := range entries {
					rows = append(rows, []string{at(e.At), e.Who, e.Did, e.Target, e.Team})
				}
				table(w, rows...)
			})
		},
	}
	c.Flags().StringVar(&team, "team", "", "in this team (default: everywhere; operators)")
	c.Flags().IntVarP(&most, "number", "n", 50, "at most so many (0: all)")
	return c
}
