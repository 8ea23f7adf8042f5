package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// group is a command that only has others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(commands...)
	return c
}

func (a *app) teamCommand() *cobra.Command {
	return group("team", "Teams: those who own connections, services and tokens",
		&cobra.Command{
			Use: "add NAME", Short: "Make a team (operators)", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				server, err := a.remote()
				if err != nil {
					return err
				}
				if err := server.AddTeam(c.Context(), args[0]); err != nil {
					return err
				}
				return a.print(rest.Team{Name: args[0]}, func(w io.Writer) { fmt.Fprintf(w, "There is a team %s.\n", args[0]) })
			},
		},
		&cobra.Command{
			Use: "ls", Short: "List teams", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				server, err := a.remote()
				if err != nil {
					return err
				}
				teams, err := server.Teams(c.Context())
				if err != nil {
					return err
				}
				return a.print(teams, func(w io.Writer) {
					for _, t := range teams {
						fmt.Fprintln(w, t.Name)
					}
				})
			},
		},
		a.teamPolicyCommand(), a.teamRemoveCommand())
}

func (a *app) tokenCommand() *cobra.Command {
	return group("token", "API tokens of people, programs and workers", a.tokenAddCommand(), a.tokenListCommand(), a.tokenRemoveCommand())
}

func (a *app) tokenAddCommand() *cobra.Command {
	var team string
	var asked rest.NewToken
	var role string
	var expires age
	var everywhere bool
	c := &cobra.Command{
		Use: "add NAME", Short: "Make a token; its text is shown this once",
		Long: "Make a token. The roles of a team are viewer, developer and maintainer; an operator's and a\n" +
			"worker's token are of no team. NAME says to people who or what has it.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			asked.Name, asked.Role = args[0], slipway.TeamRole(role)
			if err := bounded(asked, team, everywhere); err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if expires > 0 {
				asked.Expires = time.Now().Add(time.Duration(expires)).UTC().Truncate(time.Second)
			}
			made, err := server.AddToken(c.Context(), team, asked)
			if err != nil {
				return err
			}
			return a.print(made, func(w io.Writer) { fmt.Fprintln(w, made.Text) })
		},
	}
	c.Flags().StringVar(&team, "team", "", "team whose things it opens")
	c.Flags().BoolVar(&everywhere, "all-teams", false, "it opens the things of every team (operators make such)")
	c.Flags().StringVar(&role, "role", "developer", "what it may: viewer, developer, maintainer; operator or worker without a team")
	c.Flags().Var(&expires, "expires", "how long it counts, for example 90d (default: until it is revoked)")
	c.Flags().Lookup("expires").DefValue = ""
	return c
}

// bounded sees that nobody makes a token of every team by leaving a flag out.
func bounded(asked rest.NewToken, team string, everywhere bool) error {
	switch {
	case team != "" && everywhere:
		return slipway.Errorf(slipway.CodeUsage, "--team and --all-teams do not go together")
	case team == "" && !everywhere && asked.Role != slipway.RoleOperator && asked.Role != slipway.RoleWorker:
		return slipway.Errorf(slipway.CodeUsage, "it is not said which team the token %s is of", plainText(asked.Name)).
			WithHint("pass --team TEAM, or --all-teams for one that opens the things of every team")
	}
	return nil
}

func (a *app) tokenListCommand() *cobra.Command {
	var team string
	c := &cobra.Command{
		Use: "ls", Short: "List tokens, without their texts", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			tokens, err := server.Tokens(c.Context(), team)
			if err != nil {
				return err
			}
			return a.print(tokens, func(w io.Writer) {
				rows := [][]string{{"ID", "NAME", "TEAM", "ROLE", "EXPIRES", "USED"}}
				for _, t := range tokens {
					rows = append(rows, []string{strconv.FormatInt(t.ID, 10), t.Name, t.Team, string(t.Role), at(t.Expires), at(t.Used)})
				}
				table(w, rows...)
			})
		},
	}
	c.Flags().StringVar(&team, "team", "", "of this team (default: all there are; operators)")
	return c
}

func (a *app) tokenRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rm ID", Short: "Revoke a token", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("token", args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if err := server.RevokeToken(c.Context(), id); err != nil {
				return err
			}
			return a.done("Token %d opens nothing any more.", id)
		},
	}
}
