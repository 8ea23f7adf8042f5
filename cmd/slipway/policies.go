package main

import (
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// staticRules are those that a build is held against: nothing is run there.
func staticRules() (names []string) {
	for _, rule := range contract.Rules() {
		if rule.Static() {
			names = append(names, string(rule.Name))
		}
	}
	return names
}

func (a *app) teamPolicyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "policy TEAM [RULE=warn|fail|default…]", Short: "Show or decide what breaking the image contract does to a team's builds",
		Long: "Show what becomes of a team's builds whose image breaks a rule of the image contract, or decide\n" +
			"it: with warn the log says so and the build counts it, with fail the build fails. A rule that\n" +
			"nothing was decided about is as the worker has it (--contract): warn for a Dockerfile, and not\n" +
			"looked at in what Slipway planned.",
		Example: "  slipway team policy shop\n  slipway team policy shop size=fail lean=warn user=default",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			change, err := decisions(args[1:])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			p, err := decide(c.Context(), server, args[0], change)
			if err != nil {
				return err
			}
			return a.print(p, func(w io.Writer) {
				rows := [][]string{{"RULE", "BREACH", "AN IMAGE"}}
				for _, rule := range contract.Rules() {
					if rule.Static() {
						rows = append(rows, []string{string(rule.Name), cmp.Or(string(p.Rules[string(rule.Name)]), "default"), rule.Says})
					}
				}
				table(w, rows...)
			})
		},
	}
}

func decide(ctx context.Context, server *client.Client, team string, change rest.Policy) (rest.Policy, error) {
	if len(change.Rules) == 0 {
		return server.Policy(ctx, team)
	}
	return server.ChangePolicy(ctx, team, change)
}

// decisions reads RULE=BREACH.
func decisions(args []string) (rest.Policy, error) {
	change := rest.Policy{Rules: map[string]slipway.Breach{}}
	for _, arg := range args {
		rule, breach, ok := strings.Cut(arg, "=")
		if !ok {
			return change, slipway.Errorf(slipway.CodeUsage, "%s does not decide anything", plainText(arg)).WithHint("write RULE=warn, RULE=fail or RULE=default")
		}
		change.Rules[rule] = slipway.Breach(breach)
	}
	return change, nil
}
