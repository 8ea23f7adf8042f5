package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
)

func (a *app) secretCommand() *cobra.Command {
	return group("secret", "Secrets that steps of builds get; a value is never shown", a.secretSetCommand(), a.secretListCommand(), a.secretRemoveCommand())
}

// secretOwner reads TEAM or TEAM/NAME.
func secretOwner(s string) (slipway.ServiceName, error) {
	if strings.Contains(s, "/") {
		return slipway.ParseServiceName(s)
	}
	if !slipway.ValidLabel(s) {
		return slipway.ServiceName{}, slipway.Errorf(slipway.CodeUsage, "%q is neither a team nor a service", s).WithHint("write TEAM, or TEAM/NAME")
	}
	return slipway.ServiceName{Team: s}, nil
}

func (a *app) secretSetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "set TEAM[/NAME] SECRET [@FILE]", Short: "Set a secret, from the standard input or a file",
		Long: "Set a secret of a service, or of all services of a team. The value comes from the standard\n" +
			"input, or from @FILE; its last newline does not count.",
		Args: cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			owner, err := secretOwner(args[0])
			if err != nil {
				return err
			}
			file := ""
			if len(args) == 3 {
				var isFile bool
				if file, isFile = strings.CutPrefix(args[2], "@"); !isFile || file == "" {
					return slipway.Errorf(slipway.CodeUsage, "a value on the command line can be read by others").WithHint("write it to the standard input, or name a file with @FILE")
				}
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			value, err := a.secretInput(file, "value of "+args[1])
			if err != nil {
				return err
			}
			if err := server.SetSecret(c.Context(), owner, args[1], value); err != nil {
				return err
			}
			return a.done("%s has the secret %s.", args[0], args[1])
		},
	}
}

func (a *app) secretListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ls TEAM[/NAME]", Short: "List the names of secrets", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			owner, err := secretOwner(args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			all, err := server.Secrets(c.Context(), owner.Team)
			if err != nil {
				return err
			}
			names := []slipway.SecretName{}
			for _, n := range all {
				if owner.Name == "" || n.Service == "" || n.Service == owner.Name {
					names = append(names, n)
				}
			}
			return a.print(names, func(w io.Writer) {
				rows := [][]string{{"SECRET", "OF", "CHANGED"}}
				for _, n := range names {
					of := "the whole team"
					if n.Service != "" {
						of = owner.Team + "/" + n.Service
					}
					rows = append(rows, []string{n.Name, of, at(n.Changed)})
				}
				table(w, rows...)
			})
		},
	}
}

func (a *app) secretRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rm TEAM[/NAME] SECRET", Short: "Remove a secret", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			owner, err := secretOwner(args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if err := server.RemoveSecret(c.Context(), owner, args[1]); err != nil {
				return err
			}
			return a.done("%s has no secret %s any more.", args[0], args[1])
		},
	}
}
