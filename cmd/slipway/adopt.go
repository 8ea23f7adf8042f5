package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
	"github.com/slipway-ci/slipway/jenkins"
)

// adoptFlags are those of `slipway adopt`.
type adoptFlags struct {
	user, tokenFile, folder, ca, team, profile string

	register bool
	forge    string
}

func (a *app) adoptCommand() *cobra.Command {
	var f adoptFlags
	c := &cobra.Command{
		Use:   "adopt JENKINS-URL",
		Short: "Read the jobs of a Jenkins and show what each would become",
		Long: "Read the jobs of a Jenkins, all or those of one folder, find the repository of each, and\n" +
			"show what Slipway would make of it, or why nothing. Nothing is changed in Jenkins. With\n" +
			"--register, what has a plan becomes a service of a team, as `slipway service add` makes one;\n" +
			"its job is left as it is.\n\n" +
			"Repositories are fetched with what git on this machine has: ssh agent and netrc. The user's\n" +
			"API token comes from --token-file, from JENKINS_TOKEN, or from the standard input.",
		Example: "  slipway adopt https://jenkins.example --user ann --folder shop\n" +
			"  slipway adopt https://jenkins.example --user ann --folder shop --team shop --register",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.adopt(c.Context(), args[0], f) },
	}
	c.Flags().StringVar(&f.user, "user", "", "whose API token it is (or JENKINS_USER)")
	c.Flags().StringVar(&f.tokenFile, "token-file", "", "file that has the API token, - for the standard input (or JENKINS_TOKEN)")
	c.Flags().StringVar(&f.folder, "folder", "", "full name of the folder to read (default: everything that the user sees)")
	c.Flags().StringVar(&f.ca, "ca", "", "file of certificates to trust besides the system's, PEM")
	c.Flags().StringVar(&f.team, "team", "", "team of the services (default: each job's folder)")
	c.Flags().BoolVar(&f.register, "register", false, "make services of what has a plan, on the server that 'slipway login' knows")
	c.Flags().StringVar(&f.forge, "forge", "", "with --register: the kind of forge (default: of a well-known host)")
	a.profileFlag(c.Flags(), &f.profile)
	return c
}

// adopted is a job and what its repository would become.
type adopted struct {
	Job        string     `json:"job"`
	Kind       string     `json:"kind"`
	Repository string     `json:"repository,omitempty"` // URL, without credentials
	Branch     string     `json:"branch,omitempty"`
	Note       string     `json:"note,omitempty"` // why it has no repository, or what is left out
	Services   []surveyed `json:"services,omitempty"`
	Registered []string   `json:"registered,omitempty"`
	Connection int64      `json:"connection,omitempty"` // of what was registered
	Refused    string     `json:"refused,omitempty"`    // why a service could not be registered
}

// adoptView is what `slipway adopt` prints.
type adoptView struct {
	Jobs []adopted `json:"jobs"`
}

func (a *app) adopt(ctx context.Context, address string, f adoptFlags) error {
	if f.register && f.team == "" {
		return slipway.Errorf(slipway.CodeUsage, "--register needs to know whose the services are").WithHint("add --team TEAM")
	}
	if f.team != "" && !slipway.ValidLabel(f.team) {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a team", f.team).WithHint("use lower-case letters, digits and inner hyphens")
	}
	client, err := a.jenkinsClient(address, f)
	if err != nil {
		return err
	}
	if _, err := client.Check(ctx); err != nil {
		return err
	}
	p, err := a.planner(f.profile)
	if err != nil {
		return err
	}
	jobs, err := (&jobWalk{client: client}).below(ctx, strings.Trim(f.folder, "/"), 0)
	if err != nil {
		return err
	}
	v := adoptView{Jobs: each(ctx, jobs, func(ctx context.Context, j jenkins.Job) adopted { return p.adopt(ctx, client, j, f.team) })}
	if f.register {
		if err := a.registerAdopted(ctx, v.Jobs, f); err != nil {
			return err
		}
	}
	return a.print(v, v.show)
}

func (a *app) jenkinsClient(address string, f adoptFlags) (*jenkins.Client, error) {
	c := slipway.Controller{URL: address, User: f.user}
	if c.User == "" {
		c.User = a.getenv("JENKINS_USER")
	}
	token := a.getenv("JENKINS_TOKEN")
	if f.tokenFile != "" || token == "" {
		if f.tokenFile == "" {
			f.tokenFile = "-"
		}
		var err error
		if token, err = a.secretFile(f.tokenFile, "API token"); err != nil {
			return nil, err
		}
	}
	if f.ca != "" {
		ca, err := a.secretFile(f.ca, "certificates")
		if err != nil {
			return nil, err
		}
		c.CA = ca
	}
	return jenkins.New(c, slipway.ControllerKeys{Token: token}, jenkins.Options{})
}

// jobWalk reads folders.
type jobWalk struct{ client *jenkins.Client }

// deepest is how far below the folder jobs are looked for.
const deepest = 10

// below lists the jobs in a folder and in those below it. A job with one per
// branch is one.
func (w *jobWalk) below(ctx context.Context, folder string, depth int) ([]jenkins.Job, error) {
	listed, err := w.client.Jobs(ctx, folder)
	if err != nil {
		return nil, err
	}
	var all []jenkins.Job
	for _, j := range listed {
		if !j.Folder || strings.Contains(j.Class, "MultiBranch") {
			all = append(all, j)
			continue
		}
		if depth == deepest {
			return nil, slipway.Errorf(slipway.CodeInvalid, "the folders of %s are more than %d deep", j.FullName, deepest).WithHint("name one of them with --folder")
		}
		inner, err := w.below(ctx, j.FullName, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
	}
	return all, nil
}

// adopt finds out what a job's repository would become.
func (p *planner) adopt(ctx context.Context, client *jenkins.Client, j jenkins.Job, team string) adopted {
	found := adopted{Job: j.FullName}
	config, err := client.Config(ctx, j.FullName)
	if err != nil {
		found.Note = "its configuration cannot be read: " + slipway.ProblemOf(err).Message
		return found
	}
	s, err := jenkins.SourceOf(config)
	if err != nil {
		found.Note = slipway.ProblemOf(err).Message
		return found
	}
	found.Kind, found.Branch, found.Note = s.Kind, s.Branch, s.Why
	if jenkins.Ours(config) {
		found.Note = "it is Slipway's own"
		return found
	}
	if s.URL == "" {
		return found
	}
	found.Repository = withoutLogin(s.URL)
	at := s.URL
	if s.Branch != "" || s.Path != "" {
		at += "#" + s.Branch
	}
	if s.Path != "" {
		at += ":" + s.Path
	}
	l, err := source.Parse(at)
	if err == nil && l.URL == "" {
		err = slipway.Errorf(slipway.CodeUsage, "%s is not a URL that git could be asked for", found.Repository)
	}
	if err != nil {
		found.Note = slipway.ProblemOf(err).Message
		return found
	}
	found.Services = p.survey(ctx, l, teamOf(j.FullName, team))
	return found
}

// teamOf is the team given, else the folder that a job is in.
func teamOf(job, team string) string {
	parts := strings.Split(job, "/")
	if team != "" || len(parts) < 2 {
		return team
	}
	folder := strings.NewReplacer(".", "-", "_", "-").Replace(slipway.Slug(parts[len(parts)-2]))
	if !slipway.ValidLabel(folder) {
		return ""
	}
	return folder
}

func (v adoptView) show(w io.Writer) {
	rows := [][]string{{"job", "type", "repository", "service", "language", "kind", "starts, or why not"}}
	services, good := 0, 0
	for _, j := range v.Jobs {
		about := []string{j.Job, j.Kind, cmp.Or(j.Repository, "-")}
		if len(j.Services) == 0 {
			rows = append(rows, append(slices.Clone(about), "-", "-", "", j.Note))
		}
		for _, s := range j.Services {
			rows = append(rows, append(append(slices.Clone(about), strings.TrimPrefix(s.Service.String(), "/")), s.columns()...))
		}
		services, good = services+len(j.Services), good+planned(j.Services)
	}
	table(w, rows...)
	fmt.Fprintf(w, "\n%d jobs with %d services, of which %d have a plan.\n", len(v.Jobs), services, good)
	v.registered(w)
}

// registered says what became of the services, and what is still to do.
func (v adoptView) registered(w io.Writer) {
	some := false
	for _, j := range v.Jobs {
		for _, name := range j.Registered {
			some = true
			fmt.Fprintf(w, "%s is a service now, of connection %d.\n", name, j.Connection)
		}
		if j.Refused != "" {
			fmt.Fprintf(w, "%s: %s\n", oneLine(j.Job), oneLine(j.Refused))
		}
	}
	if some {
		fmt.Fprintln(w, "No hook tells of their pushes yet: `slipway connection rotate ID` prints what to enter in the forge.")
	}
}
