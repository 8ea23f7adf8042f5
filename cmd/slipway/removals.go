package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
)

func (a *app) connectionRemoveCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "rm ID", Short: "Remove a connection and its keys; with --force also its services and their secrets",
		Long: "Remove a connection and its keys. One that has services is refused with a list of them; with\n" +
			"--force they go, too, with their secrets: what waits is cancelled and what runs is stopped, and\n" +
			"the forge is told nothing more. Builds and logs stay readable to the team for as long as they are kept.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("connection", args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			gone, err := server.RemoveConnection(c.Context(), id, force)
			if err != nil {
				return err
			}
			return a.print(gone, func(w io.Writer) {
				fmt.Fprintf(w, "Connection %d is gone.\n", id)
				describeRemoved(w, gone)
			})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "remove its services, too, and cancel their builds")
	return c
}

func (a *app) teamRemoveCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "rm TEAM", Short: "Remove a team, its secrets and tokens; with --force also its connections (operators)",
		Long: "Remove a team with its secrets, its policy and its tokens. One that has connections is refused\n" +
			"with a list of them; with --force they go, too, as with `connection rm --force`. Builds, logs and\n" +
			"the team's audit log stay readable to operators for as long as they are kept, under a name of\n" +
			"their own, which is printed; images stay in the registry.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			gone, err := server.RemoveTeam(c.Context(), args[0], force)
			if err != nil {
				return err
			}
			return a.print(gone, func(w io.Writer) {
				fmt.Fprintf(w, "The team %s is gone. What is left of its builds and its audit log is found as %s.\n", args[0], gone.Name)
				describeRemoved(w, gone)
			})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "remove its connections and services, too, and cancel their builds")
	return c
}

func describeRemoved(w io.Writer, gone slipway.Removed) {
	for _, id := range gone.Connections {
		fmt.Fprintf(w, "  connection  %d\n", id)
	}
	for _, name := range gone.Services {
		fmt.Fprintf(w, "  service     %s\n", name)
	}
	for _, id := range gone.Builds {
		fmt.Fprintf(w, "  build       %d, cancelled\n", id)
	}
	if gone.Tokens > 0 {
		fmt.Fprintf(w, "  tokens      %d\n", gone.Tokens)
	}
}
