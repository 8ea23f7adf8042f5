package solve

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/util/apicaps"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// Request is one build.
type Request struct {
	Service   slipway.ServiceName
	Trust     slipway.Trust
	Plan      slipway.Plan
	Stack     slipway.Stack     // resolved
	Tree      string            // hash of the service's input files
	Files     fsutil.FS         // the tree, as the session serves it
	Secrets   map[string]string // values of the plan's secrets, by name
	Settings  slipway.Settings
	Limits    Limits
	Revision  slipway.Revision
	Created   time.Time     // as of compile.Input
	Images    content.Store // has the stack images, for a daemon that cannot pull them; nil: it can
	Target    Target
	SkipCache bool
	Log       slipway.Log
	// Git is what the steps may read over ssh; nil: nothing.
	Git *Git
	// Dockerfile is what the plan's Dockerfile says; zero without one.
	Dockerfile Dockerfile
	// Reports gets each report that the service's tests leave, by its base
	// name; nil drops them. An error ends the build.
	Reports func(name string, data []byte) error

	reads *gitServer // of Git; nil without it
}

// Limits of a solve. Zero is no limit. How long all of it may take is for the
// caller's context to say.
type Limits struct {
	Step    compile.Limits
	Silence time.Duration // no progress and no output
	Output  int64         // bytes that one step may print
}

// attempts of one build on one daemon: a transient failure of the daemon is
// tried once more, as everybody who runs BuildKit as a service ended up
// doing (moby/buildkit#2303), and so is a package host that did not answer.
const attempts = 2

// Build gives the digest of the content image. Errors are *slipway.Error
// with a class, unless ctx ended first: then its cause.
func (c *Client) Build(ctx context.Context, r Request) (string, error) {
	ctx, watch := withLimits(ctx, r.Limits)
	defer watch.stop()
	r.reads = r.gitServer()
	for try := 1; ; try++ {
		f := newFollower(masked(r.Log, r.Secrets), watch)
		digest, err := c.attempt(ctx, r, f)
		if err == nil {
			return digest, nil
		}
		if cause := context.Cause(ctx); cause != nil {
			return "", cause
		}
		if e, ok := errors.AsType[*slipway.Error](err); ok {
			return "", e
		}
		if try == attempts || !transient(err) && !f.waited(ctx, r.Plan) {
			return "", explain(err, r, f)
		}
	}
}

func (c *Client) attempt(ctx context.Context, r Request, f *follower) (string, error) {
	progress := make(chan *client.SolveStatus)
	var group errgroup.Group
	group.Go(func() error { f.follow(progress); return nil }) // ends when Build closes the channel
	var own error                                             // with its type, which does not survive the way through the daemon
	resp, err := c.bk.Build(ctx, c.options(r), "slipway", func(ctx context.Context, gw gateway.Client) (res *gateway.Result, err error) {
		res, err = solve(ctx, gw, r)
		own = err
		return res, err
	}, progress)
	_ = group.Wait()
	r.reads.tell(f.log, f.seen)
	if tests, ok := errors.AsType[*testsError](own); ok {
		return "", explainTests(tests, r.Plan.Tests.Output.Step, f)
	}
	if e, ok := errors.AsType[*slipway.Error](own); ok {
		return "", e
	}
	if e, ok := errors.AsType[*dockerfileError](own); ok {
		return "", e
	}
	if err != nil {
		return "", err
	}
	return resp.ExporterResponse[exptypes.ExporterImageDigestKey], nil
}

func (c *Client) options(r Request) client.SolveOpt {
	return client.SolveOpt{
		LocalMounts:  r.files(),
		SharedKey:    string(r.Trust) + ":" + r.Service.String(),
		Session:      r.withGit(c.session(r.secrets(c.proxied))),
		Exports:      []client.ExportEntry{r.Target.export()},
		OCIStores:    r.stores(),
		ProxyNetwork: c.proxied,
		SourcePolicy: sources(),
	}
}

// files are what the daemon may ask for.
func (r Request) files() map[string]fsutil.FS {
	if r.Plan.Dockerfile != nil {
		return r.dockerfileFiles()
	}
	return map[string]fsutil.FS{compile.SourceName: r.Files}
}

// secrets are the organisation's settings and the plan's own secrets.
func (r Request) secrets(proxied bool) map[string][]byte {
	all := compile.Secrets(r.Settings, r.Stack.Build, proxied)
	if r.Git != nil {
		maps.Copy(all, compile.GitSecrets(r.Git.Rewrites))
	}
	for _, name := range r.Plan.Secrets {
		all[compile.SecretID(name)] = []byte(r.Secrets[name])
		if r.Plan.Dockerfile != nil {
			all[name] = all[compile.SecretID(name)] // as a Dockerfile's --mount=type=secret,id= names it
		}
	}
	return all
}

// storeID is the name under which the session serves the stack images.
const storeID = "stacks"

func (r Request) stores() map[string]content.Store {
	if r.Images == nil {
		return nil
	}
	return map[string]content.Store{storeID: r.Images}
}

func (r Request) store() string {
	if r.Images == nil {
		return ""
	}
	return storeID
}

// solve is what happens inside the daemon's session: read both images'
// configurations, compile, run.
func solve(ctx context.Context, gw gateway.Client, r Request) (*gateway.Result, error) {
	if r.Plan.Dockerfile != nil {
		return r.passThrough(ctx, gw)
	}
	configured, err := configs(ctx, gw, r.Stack, r.store())
	if err != nil {
		return nil, err
	}
	out, err := compile.Image(ctx, compile.Input{
		Service: r.Service, Trust: r.Trust, Plan: r.Plan, Stack: r.Stack, Tree: r.Tree, Session: gw.BuildOpts().SessionID, Store: r.store(),
		Build: configured.build, Parts: configured.parts, Run: configured.run, Git: r.Git != nil, Limits: r.Limits.Step, Revision: r.Revision,
		Caps: capsOf(gw), SkipCache: r.SkipCache, Created: r.Created,
	})
	if err != nil {
		return nil, err
	}
	if out.Tests != nil {
		if err := r.runTests(ctx, gw, out.Tests.ToPB()); err != nil {
			return nil, err
		}
	}
	res, err := gw.Solve(ctx, gateway.SolveRequest{Definition: out.Definition.ToPB()})
	if err != nil {
		return nil, err
	}
	res.AddMeta(exptypes.ExporterImageConfigKey, out.Config)
	return res, nil
}

func capsOf(gw gateway.Client) *apicaps.CapSet {
	caps := gw.BuildOpts().LLBCaps
	return &caps
}
