package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
)

func (a *app) serviceCommand() *cobra.Command {
	return group("service", "Services: things with an image of their own",
		a.serviceAddCommand(), a.serviceListCommand(), a.serviceShowCommand(), a.serviceRemoveCommand())
}

// newServiceFlags are those of `slipway service add`.
type newServiceFlags struct {
	connectionFlags

	forge, path, kind string
	limit             int
}

func (a *app) serviceAddCommand() *cobra.Command {
	var f newServiceFlags
	c := &cobra.Command{
		Use:   "add TEAM/NAME GIT-URL",
		Short: "Register a service; says how to enter its hook in the forge",
		Long: "Register a service and, where the team has none to the repository yet, connect the\n" +
			"repository. The hook's secret is shown this once.",
		Example: "  slipway service add shop/cart https://forge.example/shop/cart.git --forge gitlab",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := slipway.ParseServiceName(args[0])
			if err != nil {
				return err
			}
			return a.addService(c.Context(), name, args[1], &f)
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&f.forge, "forge", "", "kind of forge: github, gitlab, gitea (Forgejo too), gogs, bitbucket, bitbucket-server or generic (default: of a well-known host)")
	c.Flags().StringVar(&f.path, "path", "", "the service's directory in the repository (default: its root, or what slipway.yaml says)")
	c.Flags().StringVar(&f.kind, "kind", "", "web, worker or task (default: what slipway.yaml says)")
	c.Flags().IntVar(&f.limit, "limit", 0, "builds of it at once (0: one per ref)")
	return c
}

// serviceView is what `slipway service add` and `show` print.
type serviceView struct {
	Service    slipway.Service     `json:"service"`
	Connection rest.ConnectionView `json:"connection"`
}

func (a *app) addService(ctx context.Context, name slipway.ServiceName, address string, f *newServiceFlags) error {
	server, err := a.remote()
	if err != nil {
		return err
	}
	var v serviceView
	if v.Connection, err = a.connect(ctx, server, name.Team, address, f); err != nil {
		return err
	}
	v.Service, err = server.AddService(ctx, name.Team, rest.NewService{
		Name: name.Name, Connection: v.Connection.ID, Path: f.path, Kind: slipway.Kind(f.kind), Limit: f.limit,
	})
	if err != nil {
		return err
	}
	return a.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s is a service of connection %d.\n\n", name, v.Connection.ID)
		hookHelp(w, v.Connection)
	})
}

// connect makes a connection, or gives the one that the team has.
func (a *app) connect(ctx context.Context, server *client.Client, team, address string, f *newServiceFlags) (rest.ConnectionView, error) {
	forge := f.forge
	if forge == "" {
		forge = forgeOf(address)
	}
	if forge == "" {
		return rest.ConnectionView{}, slipway.Errorf(slipway.CodeUsage, "it cannot be told from %s which forge that is", oneLine(address)).
			WithHint("say --forge github, gitlab, gitea, gogs, bitbucket, bitbucket-server or generic")
	}
	there, err := server.Connections(ctx, team)
	if err != nil {
		return rest.ConnectionView{}, err
	}
	if i := slices.IndexFunc(there, func(c slipway.Connection) bool { return c.URL == address && c.Forge == forge }); i >= 0 {
		return server.Connection(ctx, there[i].ID)
	}
	asked := rest.NewConnection{
		Forge: forge, Repository: f.repository, URL: address, API: f.api, Forks: slipway.ForkPolicy(f.forks), Default: branchRef(f.branch), Required: f.required, Reads: f.reads,
	}
	if asked.Repository == "" {
		asked.Repository = repositoryOf(address)
	}
	clone, err := a.credential(&f.connectionFlags)
	if err != nil {
		return rest.ConnectionView{}, err
	}
	if clone != nil {
		asked.Clone = *clone
	}
	if asked.Token, err = a.forgeToken(&f.connectionFlags); err != nil {
		return rest.ConnectionView{}, err
	}
	return server.AddConnection(ctx, team, asked)
}

// forgeOf knows the hosts that everybody knows.
func forgeOf(address string) string {
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Hostname()
	} else if _, scp, _, ok := slipway.CutSCP(address); ok {
		host = scp
	}
	return map[string]string{
		"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "codeberg.org": "gitea", "gitea.com": "gitea",
	}[strings.ToLower(host)]
}

// repositoryOf is the repository's name in its URL.
func repositoryOf(address string) string {
	path := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		path = u.Path
	} else if _, after, ok := strings.Cut(address, ":"); ok {
		path = after
	}
	return strings.TrimSuffix(strings.Trim(path, "/"), ".git")
}

func (a *app) serviceListCommand() *cobra.Command {
	var team string
	c := &cobra.Command{
		Use: "ls", Short: "List services", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.remote()
			if err != nil {
				return err
			}
			services, err := servicesOf(c.Context(), server, team)
			if err != nil {
				return err
			}
			return a.print(services, func(w io.Writer) {
				rows := [][]string{{"SERVICE", "KIND", "CONNECTION", "PATH", "NEEDS"}}
				for _, v := range services {
					rows = append(rows, []string{v.Name.String(), string(v.Kind), strconv.FormatInt(v.Connection, 10), v.Path, strings.Join(v.Needs, ", ")})
				}
				table(w, rows...)
			})
		},
	}
	c.Flags().StringVar(&team, "team", "", "of this team (default: of all that you may see)")
	return c
}

func servicesOf(ctx context.Context, server *client.Client, team string) ([]slipway.Service, error) {
	if team != "" {
		return server.Services(ctx, team)
	}
	teams, err := server.Teams(ctx)
	if err != nil {
		return nil, err
	}
	all := []slipway.Service{}
	for _, t := range teams {
		services, err := server.Services(ctx, t.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, services...)
	}
	return all, nil
}

func (a *app) serviceShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show TEAM/NAME", Short: "Show a service, and how its hook is entered in the forge", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := slipway.ParseServiceName(args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			var v serviceView
			if v.Service, err = server.Service(c.Context(), name); err != nil {
				return err
			}
			if v.Connection, err = server.Connection(c.Context(), v.Service.Connection); err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) {
				table(w, []string{"service", name.String()}, []string{"kind", string(v.Service.Kind)}, []string{"path", v.Service.Path}, []string{"needs", strings.Join(v.Service.Needs, ", ")})
				describeConnection(w, v.Connection)
			})
		},
	}
}

func (a *app) serviceRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rm TEAM/NAME", Short: "Remove a service and its secrets; its builds are still shown", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := slipway.ParseServiceName(args[0])
			if err != nil {
				return err
			}
			server, err := a.remote()
			if err != nil {
				return err
			}
			if err := server.RemoveService(c.Context(), name); err != nil {
				return err
			}
			return a.done("%s is no service any more.", name)
		},
	}
}
