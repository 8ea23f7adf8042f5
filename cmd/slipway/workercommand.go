package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/buildpacks"
	"github.com/slipway-ci/slipway/queue"
)

// joinedWorker is a worker on a machine of its own.
type joinedWorker struct {
	app    *app
	flags  serverFlags
	log    *slog.Logger
	client *client.Client
	token  string
}

func (a *app) runWorkerCommand() *cobra.Command {
	var f serverFlags
	var server, token string
	c := &cobra.Command{
		Use:   "worker",
		Short: "Lend this machine to a server: build what it hands out; `worker ls` lists those that do",
		Long: "Join a server with a worker's token, in a data directory of this worker's own, and build\n" +
			"what it hands out until interrupted; a build that runs then is handed back.",
		Example: "  slipway token add builders --role worker        # on the server, prints the token\n" +
			"  SLIPWAY_TOKEN=slw_… slipway worker --server https://slipway.example --slots 4",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.configure(c.Flags(), f.config); err != nil {
				return err
			}
			if err := f.enoughSlots(); err != nil {
				return err
			}
			return a.work(c.Context(), server, token, f)
		},
	}
	c.Flags().StringVar(&server, "server", "", "URL of the server (or SLIPWAY_SERVER)")
	c.Flags().StringVar(&token, "token", "", "a worker's token (better: SLIPWAY_TOKEN, which nobody sees in a list of processes)")
	a.engineFlags(c.Flags(), &f.engineFlags)
	f.roleFlags(c.Flags())
	f.workFlags(c.Flags())
	c.AddCommand(a.workerCommands()...)
	return c
}

func (a *app) work(ctx context.Context, server, token string, f serverFlags) error {
	log, err := a.serviceLog(f.logFormat)
	if err != nil {
		return err
	}
	if server == "" || token == "" {
		return slipway.Errorf(slipway.CodeUsage, "a worker needs the URL of a server and a token").
			WithHint("set SLIPWAY_SERVER and SLIPWAY_TOKEN; `slipway token add NAME --role worker` on the server makes one")
	}
	c, err := client.New(server, token, http.ProxyFromEnvironment)
	if err != nil {
		return err
	}
	w := &joinedWorker{app: a, flags: f, log: log, client: c, token: token}
	return w.run(ctx)
}

func (w *joinedWorker) run(ctx context.Context) error {
	j, err := w.join(ctx)
	if err != nil {
		return err
	}
	p, err := w.open(j)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	name, err := w.flags.workerName()
	if err != nil {
		return err
	}
	me := w.user(j)
	link, err := queue.Dial(ctx, queue.Dialing{
		URLs: strings.Split(j.Queue, ","), Name: name, Worker: true, User: me.name, Password: me.password, CA: p.settings.CA, Log: w.log,
	})
	if err != nil {
		return err
	}
	traces, err := w.app.traces(ctx, nil, w.log)
	if err != nil {
		return err
	}
	defer closeTraces(ctx, traces)
	work, err := p.newWorker(link, name, w.flags, traces, w.log)
	if err != nil {
		return err
	}
	defer work.Close() //nolint:errcheck // what was to be said is said
	address, _, err := p.daemon(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.app.out, "The worker %s works for %s.\n  data      %s\n  engine    %s\n", name, w.client.Server(), p.dir.path, address)
	stay := func(ctx context.Context) error { return w.refresh(ctx, p) }
	return together(ctx, []func(context.Context) error{p.keep, work.run, stay})
}

// join asks until the server answers; one that refuses the token ends it.
func (w *joinedWorker) join(ctx context.Context) (rest.Joining, error) {
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		j, err := w.client.Join(ctx)
		if !slipway.Passing(err) {
			return w.reachable(j), err
		}
		w.log.WarnContext(ctx, "the server does not answer yet", slog.Any("error", err))
		pause(ctx, wait)
		if ctx.Err() != nil {
			return j, context.Cause(ctx)
		}
	}
}

// user is who the worker is to the queue: what its own environment says, else
// what the server says, else its name and its token.
func (w *joinedWorker) user(j rest.Joining) userOf {
	own := userOf{w.app.getenv("SLIPWAY_QUEUE_USER"), w.app.getenv("SLIPWAY_QUEUE_PASSWORD")}
	switch {
	case own.password != "":
		return own
	case j.QueueUser != "":
		return userOf{j.QueueUser, j.QueuePassword}
	default:
		return userOf{password: w.token}
	}
}

// reachable puts the server's host into addresses that have none.
func (w *joinedWorker) reachable(j rest.Joining) rest.Joining {
	server, err := url.Parse(w.client.Server())
	if err != nil {
		return j
	}
	for _, address := range []*string{&j.Queue, &j.Registry} {
		if u, err := url.Parse(*address); err == nil && (u.Hostname() == "" || net.ParseIP(u.Hostname()).IsUnspecified()) {
			u.Host = net.JoinHostPort(server.Hostname(), u.Port())
			*address = u.String()
		}
	}
	return j
}

// open owns the worker's data directory, with the server's registry.
func (w *joinedWorker) open(j rest.Joining) (*platform, error) {
	opens := &openings{}
	opens.joined(j.User, j.Password)
	handler, err := upstream(j.Registry, opens.at, w.log)
	if err != nil {
		return nil, err
	}
	p, err := w.app.openAs(w.flags.engineFlags, func(p *platform) error {
		if err := p.dir.own(); err != nil {
			return err
		}
		p.openings = opens
		return p.useRegistry(handler)
	})
	if err != nil {
		return nil, err
	}
	p.dir.sweepKeys()
	return p, record(p.lock, j.Stacks)
}

func record(lock *buildpacks.Lock, stacks map[string]string) error {
	for name, digest := range stacks {
		if known, ok := lock.Image(name); ok && known.Digest == digest {
			continue
		}
		if err := lock.Record(name, buildpacks.Locked{Digest: digest}); err != nil {
			return err
		}
	}
	return nil
}

// refreshEvery is how often a worker asks which stack images there are, and
// for what opens them.
const refreshEvery = time.Minute

func (w *joinedWorker) refresh(ctx context.Context, p *platform) error {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			j, err := w.client.Join(ctx)
			if err == nil {
				p.openings.joined(j.User, j.Password)
				err = record(p.lock, j.Stacks)
			}
			if err != nil && ctx.Err() == nil {
				w.log.WarnContext(ctx, "the stack images are not known anew", slog.Any("error", err))
			}
		}
	}
}
