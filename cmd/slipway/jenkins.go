package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/doctor"
)

func (a *app) jenkinsCommand() *cobra.Command {
	return group("jenkins", "Jenkins: where builds are shown, and what comes after them",
		a.jenkinsSetCommand(), a.jenkinsListCommand(), a.jenkinsShowCommand(), a.jenkinsRemoveCommand(), a.jenkinsCheckCommand(), a.jenkinsDownstreamCommand())
}

// ofJenkins is a command about one controller: a team's or, with --platform,
// that of teams that have none.
func (a *app) ofJenkins(c *cobra.Command, more int, do func(c *cobra.Command, server *client.Client, team string, args []string) error) *cobra.Command {
	var platform bool
	c.Flags().BoolVar(&platform, "platform", false, "the platform's, of teams that have none of their own (operators)")
	c.Args = func(_ *cobra.Command, args []string) error {
		want := more + 1
		if platform {
			want = more
		}
		if len(args) != want {
			return slipway.Errorf(slipway.CodeUsage, "there are %d arguments, not %d", len(args), want).WithHint("name a team, or say --platform")
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		server, err := a.remote()
		if err != nil {
			return err
		}
		team := ""
		if !platform {
			team, args = args[0], args[1:]
		}
		return do(c, server, team, args)
	}
	return c
}

func (a *app) jenkinsSetCommand() *cobra.Command {
	var asked rest.NewController
	var token, ca, reports string
	c := &cobra.Command{
		Use: "set TEAM|--platform URL", Short: "Set where builds are shown in Jenkins, or change it",
		Long: "Set the Jenkins controller of a team, or with --platform that of teams that have none. Each\n" +
			"service gets a job there, FOLDER/TEAM/NAME, that shows its builds while they run (follow), or at\n" +
			"their end only (external); with none Jenkins is told nothing and may still ask for builds. The\n" +
			"token comes from a file or the standard input, is sealed in the record; what is not said again stays as it is.",
		Example: "  slipway jenkins set shop https://jenkins.example --user slipway --token-file token\n  slipway jenkins set --platform https://jenkins.example --user slipway --token-file -",
	}
	flags := c.Flags()
	flags.StringVar(&asked.User, "user", "", "Jenkins user whose API token it is")
	flags.StringVar(&token, "token-file", "", "file of the API token; - is the standard input")
	flags.StringVar(&asked.Folder, "folder", "", "full name of the folder that jobs are made in (default: "+slipway.DefaultJenkinsFolder+")")
	flags.StringVar(&ca, "ca", "", "file of certificates that are trusted besides the system's, PEM")
	flags.StringVar(&reports, "reports", string(slipway.ReportsFollow), "how builds are shown: follow, external or none")
	return a.ofJenkins(c, 1, func(c *cobra.Command, server *client.Client, team string, args []string) (err error) {
		asked.URL, asked.Reports = args[0], slipway.ReportMode(reports)
		if token != "" {
			if asked.Token, err = a.secretFile(token, "API token"); err != nil {
				return err
			}
		}
		if ca != "" {
			if asked.CA, err = a.secretFile(ca, "CA"); err != nil {
				return err
			}
		}
		if err := keepController(c, server, team, &asked); err != nil {
			return err
		}
		v, err := server.SetController(c.Context(), team, asked)
		if err != nil {
			return err
		}
		return a.print(v, func(w io.Writer) {
			fmt.Fprintf(w, "Builds of %s are shown at %s (%s). `slipway jenkins check %s` tries it.\n", whose(team), v.URL, v.Reports, orPlatform(team))
		})
	})
}

// keepController takes what no flag says from the controller that is there.
func keepController(c *cobra.Command, server *client.Client, team string, asked *rest.NewController) error {
	there, err := server.Controller(c.Context(), team)
	if slipway.ErrorCode(err) == slipway.CodeNotFound || err == nil && there.Team != team {
		return nil
	}
	if err != nil {
		return err
	}
	flags := c.Flags()
	for flag, keep := range map[string]func(){
		"user": func() { asked.User = there.User }, "folder": func() { asked.Folder = there.Folder },
		"ca": func() { asked.CA = there.CA }, "reports": func() { asked.Reports = there.Reports },
	} {
		if !flags.Changed(flag) {
			keep()
		}
	}
	return nil
}

func whose(team string) string {
	if team == "" {
		return "teams that have no Jenkins of their own"
	}
	return "the team " + team
}

func orPlatform(team string) string {
	if team == "" {
		return "--platform"
	}
	return team
}

func (a *app) jenkinsListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List Jenkins controllers (operators)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			all, err := server.Controllers(c.Context())
			if err != nil {
				return err
			}
			return a.print(all, func(w io.Writer) {
				rows := [][]string{{"TEAM", "URL", "USER", "FOLDER", "REPORTS"}}
				for _, v := range all {
					rows = append(rows, []string{orPlatform(v.Team), v.URL, v.User, v.Folder, string(v.Reports)})
				}
				table(w, rows...)
			})
		},
	}
}

func (a *app) jenkinsShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show TEAM|--platform", Short: "Show where builds are shown in Jenkins, and what waits to be told there"}
	return a.ofJenkins(c, 0, func(c *cobra.Command, server *client.Client, team string, _ []string) error {
		v, err := server.Controller(c.Context(), team)
		if err != nil {
			return err
		}
		return a.print(v, func(w io.Writer) { describeController(w, v) })
	})
}

func describeController(w io.Writer, v rest.ControllerView) {
	rows := [][]string{
		{"of", orPlatform(v.Team)},
		{"url", v.URL},
		{"user", v.User},
		{"folder", v.Folder},
		{"reports", string(v.Reports)},
		{"waits", strconv.Itoa(v.Waits.Reports)},
	}
	if !v.Waits.Since.IsZero() {
		rows = append(rows, []string{"since", at(v.Waits.Since)})
	}
	switch {
	case v.Waits.Reason == "":
	case v.Waits.Reports > 0:
		rows = append(rows, []string{"because", v.Waits.Reason})
	default: // nothing is to be told now, and what runs there is not seen
		rows = append(rows, []string{"trouble", v.Waits.Reason})
	}
	table(w, rows...)
}

func (a *app) jenkinsRemoveCommand() *cobra.Command {
	c := &cobra.Command{Use: "rm TEAM|--platform", Short: "Forget a Jenkins controller; its jobs stay there"}
	return a.ofJenkins(c, 0, func(c *cobra.Command, server *client.Client, team string, _ []string) error {
		if err := server.RemoveController(c.Context(), team); err != nil {
			return err
		}
		return a.done("The Jenkins of %s is told nothing any more. What is there stays there.", whose(team))
	})
}

func (a *app) jenkinsCheckCommand() *cobra.Command {
	c := &cobra.Command{Use: "check TEAM|--platform", Short: "Try a Jenkins controller and the downstream jobs, and say how to mend what is wrong"}
	return a.ofJenkins(c, 0, func(c *cobra.Command, server *client.Client, team string, _ []string) error {
		got, err := server.CheckController(c.Context(), team)
		if err != nil {
			return err
		}
		findings := []doctor.Finding{}
		for _, f := range got.Findings {
			findings = append(findings, doctor.Finding{Check: f.Check, Status: statusOf(f.Status), Found: f.Found, Mend: f.Mend})
		}
		if err := a.print(findings, func(w io.Writer) {
			for _, f := range findings {
				showFinding(w, f)
			}
		}); err != nil {
			return err
		}
		if doctor.Worst(findings) == doctor.StatusFail {
			return slipway.Errorf(slipway.CodeFailed, "builds are not shown in Jenkins yet").WithHint("mend what is marked fail, then check again")
		}
		return nil
	})
}

func (a *app) jenkinsDownstreamCommand() *cobra.Command {
	var none bool
	c := &cobra.Command{
		Use: "downstream TEAM/NAME [JOB|--none]", Short: "Show or set the Jenkins job that does what comes after a service's builds",
		Long: "Show or set the job that is started when a build of the service's default branch or of a tag has\n" +
			"succeeded, with SLIPWAY_BUILD_ID, IMAGE, DIGEST, SERVICE, VERSION and COMMIT, and followed to its\n" +
			"end. It needs the string parameter SLIPWAY_BUILD_ID and may have the others. JOB is its full name.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := slipway.ParseServiceName(args[0])
			if err != nil {
				return err
			}
			if none && len(args) == 2 {
				return slipway.Errorf(slipway.CodeUsage, "--none does not go with a job")
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if len(args) == 1 && !none {
				d, err := server.Downstream(c.Context(), name)
				if err != nil {
					return err
				}
				return a.print(d, func(w io.Writer) { fmt.Fprintln(w, d.Job) })
			}
			job := ""
			if !none {
				job = args[1]
			}
			if err := server.SetDownstream(c.Context(), name, job); err != nil {
				return err
			}
			if none {
				return a.done("Nothing comes after builds of %s in Jenkins.", name)
			}
			return a.done("After builds of %s comes %s. `slipway jenkins check %s` tries it.", name, job, name.Team)
		},
	}
	c.Flags().BoolVar(&none, "none", false, "nothing comes after")
	return c
}
