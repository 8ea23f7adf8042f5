package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/builder/worker"
	"github.com/slipway-ci/slipway/queue"
	"github.com/slipway-ci/slipway/tracing"
)

// localWorker is a worker on this machine's platform.
type localWorker struct {
	link   *queue.Link
	worker *worker.Worker
}

// localWorker is the control plane's own, in its process.
func (c *controlPlane) localWorker(ctx context.Context) (*localWorker, error) {
	name, err := c.flags.workerName()
	if err != nil {
		return nil, err
	}
	link, err := queue.Dial(ctx, queue.Dialing{Server: c.queue, Name: name, Worker: true, Log: c.log})
	if err != nil {
		return nil, err
	}
	return c.platform.newWorker(link, name, c.flags, c.traces, c.log)
}

func (p *platform) newWorker(link *queue.Link, name string, f serverFlags, traces *tracing.Traces, log *slog.Logger) (*localWorker, error) {
	side, err := queue.NewWorker(link, name, log)
	if err != nil {
		return nil, err
	}
	trust := slipway.Trust(f.trust)
	if trust != slipway.TrustMember && trust != slipway.TrustStranger {
		return nil, slipway.Errorf(slipway.CodeUsage, "--trust %s is not known", f.trust).WithHint("write %s or %s", slipway.TrustMember, slipway.TrustStranger)
	}
	shop := &workshop{origins{p}, f, link}
	w := worker.New(worker.Config{
		Name: name, Version: programVersion(), Platform: compile.Platform, Trust: []slipway.Trust{trust}, Slots: f.slots,
		Dir: p.dir.path, Floor: leastFree, Traces: traces, Log: log,
	}, worker.Parts{Jobs: side, Builds: side, Keys: side, Events: side, Sources: shop, Engine: shop})
	return &localWorker{link: link, worker: w}, nil
}

// enoughSlots refuses a worker that could never take a build.
func (f *serverFlags) enoughSlots() error {
	if f.slots < 1 {
		return slipway.Errorf(slipway.CodeUsage, "a worker with --slots %d would build nothing", f.slots).
			WithHint("write at least 1; a control plane without a worker is `slipway serve`")
	}
	return nil
}

// leastFree is what must be free where the data directory is for a worker to
// take anything: less than a build needs, which its engine sees to.
const leastFree = 256 << 20

// run works until ctx ends, and hands back what it is at.
func (w *localWorker) run(ctx context.Context) error { return w.worker.Run(ctx) }

// Close ends the connection.
func (w *localWorker) Close() error { return w.link.Close() }

// workerName is the one given, else the machine's.
func (f *serverFlags) workerName() (string, error) {
	name := f.name
	if name == "" {
		host, _ := os.Hostname() // an empty name is refused below
		host, _, _ = strings.Cut(host, ".")
		name = strings.Trim(strings.NewReplacer("_", "-", ".", "-").Replace(slipway.Slug(host)), "-")
	}
	if !slipway.ValidLabel(name) {
		return "", slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a worker", name).WithHint("pass --name with lower-case letters, digits and inner hyphens")
	}
	return name, nil
}

// serviceLog is the service's own log: what it does, not what builds print.
func (a *app) serviceLog(form string) (*slog.Logger, error) {
	switch form {
	case "text":
		return slog.New(slog.NewTextHandler(a.err, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, nil)), nil
	default:
		return nil, slipway.Errorf(slipway.CodeUsage, "--log %s is neither text nor json", form)
	}
}
