package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

func (a *app) buildsCommand() *cobra.Command {
	var f client.Filter
	var state, ref string
	c := &cobra.Command{
		Use: "builds", Short: "List builds, newest first; `builds show ID` shows one", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			f.State, f.Ref = slipway.BuildState(state), branchRef(ref)
			builds, err := server.Builds(c.Context(), f)
			if err != nil {
				return err
			}
			return a.print(builds, func(w io.Writer) { listBuilds(w, builds) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.Team, "team", "", "of this team")
	flags.StringVar(&f.Service, "service", "", "of this service, TEAM/NAME")
	flags.StringVar(&state, "state", "", "in this state: queued, running, succeeded, failed, cancelled or superseded")
	flags.StringVar(&ref, "ref", "", "of this branch, or full name of a ref")
	flags.StringVar(&f.Commit, "commit", "", "of this commit, its whole id")
	flags.IntVarP(&f.Most, "number", "n", 20, "at most so many (0: all)")
	c.AddCommand(&cobra.Command{
		Use: "show ID", Short: "Show a build", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withBuild(c, args[0], func(server *client.Client, id int64) error {
				b, err := server.Build(c.Context(), id)
				if err != nil {
					return err
				}
				runs, err := server.JenkinsRuns(c.Context(), id)
				if err != nil && slipway.ErrorCode(err) != slipway.CodeNotFound { // a server of the release before
					return err
				}
				return a.print(buildView{b, runs}, func(w io.Writer) {
					describeBuild(w, b)
					describeRuns(w, runs)
				})
			})
		},
	})
	return c
}

// withBuild reads a build's number and finds the server.
func (a *app) withBuild(_ *cobra.Command, arg string, do func(server *client.Client, id int64) error) error {
	id, err := number("build", arg)
	if err != nil {
		return err
	}
	server, err := a.remote()
	if err != nil {
		return err
	}
	return do(server, id)
}

// number reads an id.
func number(what, s string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 1 {
		return 0, slipway.Errorf(slipway.CodeUsage, "%q is not the number of a %s", s, what)
	}
	return id, nil
}

// done says in one sentence what was done.
func (a *app) done(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	return a.print(map[string]string{"done": text}, func(w io.Writer) { fmt.Fprintln(w, plainText(text)) })
}

func listBuilds(w io.Writer, builds []slipway.Build) {
	rows := [][]string{{"BUILD", "SERVICE", "STATE", "REF", "COMMIT", "CREATED", "TOOK", "WHAT"}}
	for _, b := range builds {
		what := b.Reason
		if b.Image.Tag != "" {
			what = b.Image.Tag
		}
		if b.Known {
			what += " (known)"
		}
		rows = append(rows, []string{strconv.FormatInt(b.ID, 10), b.Service.String(), string(b.State), builtRef(b), short(b.Commit), at(b.Created), took(b), what})
	}
	table(w, rows...)
}

// builtRef is what a build is of: the record has a pull request's target branch.
func builtRef(b slipway.Build) string {
	if b.Pull != 0 {
		return fmt.Sprintf("pull request %d", b.Pull)
	}
	return b.Ref
}

func took(b slipway.Build) string {
	if b.Started.IsZero() || b.Ended.IsZero() {
		return ""
	}
	return b.Ended.Sub(b.Started).Round(100 * time.Millisecond).String()
}

// knownBy says why nothing was built.
func knownBy(b slipway.Build) string {
	if b.Image.MadeBy == 0 {
		return "nothing was built: these files had an image already"
	}
	return fmt.Sprintf("nothing was built: the content is that of build %d", b.Image.MadeBy)
}

func describeBuild(w io.Writer, b slipway.Build) {
	rows := [][]string{
		{"build", strconv.FormatInt(b.ID, 10)},
		{"service", b.Service.String()},
		{"state", string(b.State)},
		{"ref", builtRef(b)},
		{"commit", b.Commit},
		{"event", strconv.FormatInt(b.Event, 10)},
		{"created", at(b.Created)},
		{"started", at(b.Started)},
		{"ended", at(b.Ended)},
		{"attempt", strconv.Itoa(b.Attempt)},
		{"worker", b.Worker},
	}
	if b.Image.Tag != "" {
		rows = append(rows, []string{"image", b.Image.String()})
	}
	if b.Known {
		rows = append(rows, []string{"known", knownBy(b)})
	}
	if b.Breaches > 0 {
		rows = append(rows, []string{"breaches", fmt.Sprintf("%d of the image contract; the log names each", b.Breaches)})
	}
	if b.Class != "" {
		rows = append(rows, []string{"class", string(b.Class)})
	}
	if b.Reason != "" {
		rows = append(rows, []string{"reason", b.Reason})
	}
	table(w, rows...)
}

// buildView is what `slipway builds show --output json` prints.
type buildView struct {
	slipway.Build

	Jenkins []slipway.JenkinsRun `json:"jenkins,omitempty"`
}

// describeRuns says what a build is in Jenkins.
func describeRuns(w io.Writer, runs []slipway.JenkinsRun) {
	rows := [][]string{}
	for _, r := range runs {
		what := map[slipway.JenkinsRunKind]string{slipway.RunShows: "jenkins", slipway.RunDownstream: "downstream"}[r.Kind]
		said := strings.Join(slices.DeleteFunc([]string{string(r.State), r.Result, cmp.Or(r.URL, r.Job), r.Note}, func(s string) bool { return s == "" }), " ")
		rows = append(rows, []string{what, said})
	}
	table(w, rows...)
}

func (a *app) cancelCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "cancel ID", Short: "Cancel a build that waits or runs or, of one that has ended, what comes after it in Jenkins", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withBuild(c, args[0], func(server *client.Client, id int64) error {
				b, err := server.Cancel(c.Context(), id, reason)
				if err == nil && b.State != slipway.BuildCancelled {
					return a.said(b, nil, "What comes after build %d in Jenkins is being stopped.")
				}
				return a.said(b, err, "Build %d is cancelled.")
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for others to read")
	return c
}

func (a *app) retryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "retry ID", Short: "Build the commit of a build again that did not succeed", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withBuild(c, args[0], func(server *client.Client, id int64) error {
				b, err := server.Retry(c.Context(), id)
				return a.said(b, err, "Build %d waits.")
			})
		},
	}
}

func (a *app) rebuildCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "rebuild ID", Short: "Build the commit of a build again", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withBuild(c, args[0], func(server *client.Client, id int64) error {
				b, err := server.Rebuild(c.Context(), id, force)
				return a.said(b, err, "Build %d waits.")
			})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "build even when the image exists, running every step again")
	return c
}

func (a *app) said(b slipway.Build, err error, sentence string) error {
	if err != nil {
		return err
	}
	return a.print(b, func(w io.Writer) { fmt.Fprintf(w, sentence+"\n", b.ID) })
}
