package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (a *app) connectionCommand() *cobra.Command {
	return group("connection", "Connections: a team's links to repositories",
		a.connectionListCommand(), a.connectionShowCommand(), a.connectionSetCommand(), a.connectionRotateCommand(), a.connectionRemoveCommand())
}

func (a *app) connectionListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ls TEAM", Short: "List a team's connections", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			all, err := server.Connections(c.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(all, func(w io.Writer) {
				rows := [][]string{{"ID", "FORGE", "REPOSITORY", "URL", "FORKS"}}
				for _, v := range all {
					rows = append(rows, []string{strconv.FormatInt(v.ID, 10), v.Forge, v.Repository, v.URL, string(v.Forks)})
				}
				table(w, rows...)
			})
		},
	}
}

func (a *app) connectionShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a connection, and how its hook is entered in the forge", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("connection", args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			v, err := server.Connection(c.Context(), id)
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { describeConnection(w, v) })
		},
	}
}

func describeConnection(w io.Writer, v rest.ConnectionView) {
	table(w,
		[]string{"connection", strconv.FormatInt(v.ID, 10)}, []string{"team", v.Team}, []string{"forge", v.Forge}, []string{"repository", v.Repository},
		[]string{"url", v.URL}, []string{"api", v.API}, []string{"default", v.Default}, []string{"forks", string(v.Forks)},
		[]string{"required", strings.Join(v.Required, ", ")}, []string{"reads", strings.Join(v.Reads, ", ")}, []string{"rotating", yes(v.Rotating)})
	fmt.Fprintln(w)
	hookHelp(w, v)
}

func yes(b bool) string {
	if b {
		return "yes: two secrets open the hook"
	}
	return ""
}

func (a *app) connectionRotateCommand() *cobra.Command {
	var settle bool
	c := &cobra.Command{
		Use: "rotate ID", Short: "Make another secret for a hook; the old one stays valid until --settle", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("connection", args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if settle {
				v, err := server.SettleHook(c.Context(), id)
				if err != nil {
					return err
				}
				return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "The old secret of connection %d opens nothing any more.\n", id) })
			}
			v, err := server.RotateHook(c.Context(), id)
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) {
				hookHelp(w, v)
				fmt.Fprintf(w, "\nBoth secrets count until `slipway connection rotate %d --settle`.\n", id)
			})
		},
	}
	c.Flags().BoolVar(&settle, "settle", false, "let go of the old secret: the forge has the new one")
	return c
}

// connectionFlags are what can be said of a connection. Credentials come from
// files: a command line can be read by others.
type connectionFlags struct {
	repository, api, branch, forks string
	required, reads                []string

	user, password, sshKey, knownHosts, appKey, token string
	app, installation                                 int64
}

func (f *connectionFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.repository, "repository", "", "the repository's full name at the forge, for example shop/cart (default: the URL's path)")
	flags.StringVar(&f.api, "api", "", "base URL of the forge's API (default: the usual one of its host)")
	flags.StringVar(&f.branch, "default-branch", "", "name of the default branch")
	flags.StringVar(&f.forks, "forks", "", "what becomes of pull requests from forks: refuse, approve or build (default: refuse)")
	flags.StringSliceVar(&f.required, "required", nil, "bare names of services with a status on every push, affected or not")
	flags.StringSliceVar(&f.reads, "reads", nil, "repositories of the same host, as TEAM/NAME, TEAM/* or *, that builds may read over ssh besides their own (with --ssh-key-file)")
	flags.StringVar(&f.user, "clone-user", "", "user to fetch as")
	flags.StringVar(&f.password, "clone-password-file", "", "file of the password or token to fetch with; - is the standard input")
	flags.StringVar(&f.sshKey, "ssh-key-file", "", "file of the private key to fetch with over ssh")
	flags.StringVar(&f.knownHosts, "known-hosts-file", "", "file of the host keys that count, as OpenSSH has them")
	flags.Int64Var(&f.app, "github-app", 0, "id of a GitHub App to fetch as")
	flags.Int64Var(&f.installation, "github-installation", 0, "id of its installation")
	flags.StringVar(&f.appKey, "github-app-key-file", "", "file of its private key")
	flags.StringVar(&f.token, "forge-token-file", "", "file of the token for the forge's API, for statuses; - is the standard input")
}

// credential reads what opens the repository; nil when nothing was said.
func (a *app) credential(f *connectionFlags) (*slipway.Credential, error) {
	if f.user == "" && f.password == "" && f.sshKey == "" && f.app == 0 {
		if f.knownHosts != "" {
			return nil, slipway.Errorf(slipway.CodeUsage, "--known-hosts-file does not go without --ssh-key-file")
		}
		return nil, nil //nolint:nilnil // nothing was said
	}
	c := &slipway.Credential{User: f.user}
	for _, part := range []struct {
		to         *string
		file, what string
	}{{&c.Password, f.password, "password"}, {&c.SSHKey, f.sshKey, "ssh key"}, {&c.KnownHosts, f.knownHosts, "list of known hosts"}} {
		if part.file == "" {
			continue
		}
		var err error
		if *part.to, err = a.secretFile(part.file, part.what); err != nil {
			return nil, err
		}
	}
	if f.app == 0 {
		return c, nil
	}
	key, err := a.secretFile(f.appKey, "GitHub App's key")
	if err != nil {
		return nil, err
	}
	c.App = &slipway.App{ID: f.app, Installation: f.installation, Key: key}
	return c, nil
}

// secretFile reads a file, or with - the standard input. Keys keep their last
// newline, which some programs want.
func (a *app) secretFile(file, what string) (string, error) {
	if file == "-" {
		return a.secretInput("", what)
	}
	if file == "" {
		return "", slipway.Errorf(slipway.CodeUsage, "there is no file of the %s", what)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", slipway.Errorf(slipway.CodeUsage, "the %s cannot be read", what).Because(err)
	}
	if strings.Contains(string(text), "PRIVATE KEY") || strings.Count(string(text), "\n") > 1 {
		return string(text), nil
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

func (a *app) forgeToken(f *connectionFlags) (string, error) {
	if f.token == "" {
		return "", nil
	}
	return a.secretFile(f.token, "forge's token")
}

func branchRef(name string) string {
	if name == "" || strings.HasPrefix(name, "refs/") {
		return name
	}
	return "refs/heads/" + name
}

func (a *app) connectionSetCommand() *cobra.Command {
	var f connectionFlags
	c := &cobra.Command{
		Use: "set ID", Short: "Change a connection, or what it fetches with", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := number("connection", args[0])
			if err != nil {
				return err
			}
			return a.setConnection(c.Context(), id, c.Flags(), &f)
		},
	}
	f.register(c.Flags())
	return c
}

func (a *app) setConnection(ctx context.Context, id int64, flags *pflag.FlagSet, f *connectionFlags) error {
	change, err := a.change(flags, f)
	if err != nil {
		return err
	}
	server, err := a.remote()
	if err != nil {
		return err
	}
	v, err := server.ChangeConnection(ctx, id, change)
	if err != nil {
		return err
	}
	return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "Connection %d is changed.\n", id) })
}

// change has what was given, also where it was given as nothing.
func (a *app) change(flags *pflag.FlagSet, f *connectionFlags) (change rest.ConnectionChange, err error) {
	if flags.Changed("repository") {
		change.Repository = &f.repository
	}
	if flags.Changed("api") {
		change.API = &f.api
	}
	if flags.Changed("default-branch") {
		ref := branchRef(f.branch)
		change.Default = &ref
	}
	if flags.Changed("forks") {
		forks := slipway.ForkPolicy(f.forks)
		change.Forks = &forks
	}
	if flags.Changed("required") {
		required := slices.DeleteFunc(f.required, func(s string) bool { return s == "" })
		change.Required = &required
	}
	if flags.Changed("reads") {
		reads := slices.DeleteFunc(f.reads, func(s string) bool { return s == "" })
		change.Reads = &reads
	}
	if change.Clone, err = a.credential(f); err != nil {
		return change, err
	}
	token, err := a.forgeToken(f)
	if token != "" {
		change.Token = &token
	}
	return change, err
}
