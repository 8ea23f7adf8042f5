package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/source"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// buildFlags are those of `slipway build`.
type buildFlags struct {
	engineFlags
	serviceFlags
	stepFlags

	push     string
	oci      string
	force    bool
	timeout  time.Duration
	silence  time.Duration
	secrets  []string
	reports  string
	stranger bool

	contract  string
	frontends []string
}

// serviceFlags say which service of the files is meant.
type serviceFlags struct {
	service string
	path    string
	main    string
}

func (a *app) buildCommand() *cobra.Command {
	var f buildFlags
	c := &cobra.Command{
		Use:   "build DIR|GIT-URL[#ref[:subdir]]",
		Short: "Build a service into a uniform image",
		Long: "Build the service in a directory or a git repository into an image that keeps the\n" +
			"uniform contract. A directory is built as it stands, minus ignored files; its image\n" +
			"says so and cannot be shipped.",
		Example: "  slipway build . --service shop/cart\n" +
			"  slipway build https://forge.example/shop/cart.git#v1.2.3 --service shop/cart --push registry.example/shop/cart",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.build(c.Context(), args[0], f) },
	}
	flags := c.Flags()
	a.engineFlags(flags, &f.engineFlags)
	f.serviceFlags.register(flags)
	f.stepFlags.register(flags)
	flags.StringVar(&f.push, "push", "", "also push the image to this repository (REGISTRY/PATH)")
	flags.StringVar(&f.oci, "oci", "", "also write the image to this OCI archive")
	flags.BoolVar(&f.force, "force", false, "build even when the image exists, running every step again")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Minute, "limit of the whole build")
	flags.DurationVar(&f.silence, "silence", 10*time.Minute, "limit of time without output or progress")
	flags.StringArrayVar(&f.secrets, "secret", nil, "value of a secret that slipway.yaml names: NAME (from the environment) or NAME=@FILE")
	flags.StringVar(&f.reports, "reports", "", "put the JUnit reports of the service's tests into this directory")
	flags.BoolVar(&f.stranger, "untrusted", false, "build code of strangers: no secrets, and caches and images apart from everybody else's")
	flags.StringVar(&f.contract, "contract", "", "what breaking the image contract does: fail, warn or off (default: warn for a Dockerfile, off for what Slipway planned)")
	flags.StringArrayVar(&f.frontends, "allow-frontend", nil, "let this program read a Dockerfile in BuildKit's place, where its # syntax line asks for it (REF@sha256:…)")
	return c
}

func (a *app) build(ctx context.Context, arg string, f buildFlags) error {
	location, err := source.Parse(arg)
	if err != nil {
		return err
	}
	service, err := f.serviceName(location)
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	p, err := a.open(f.engineFlags)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what it cannot stop, the kernel does when this process ends
	log, err := p.logFile(path.Join("builds", service.Team+"-"+service.Name+".log"))
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // each line is written as it comes
	show := a.progress(log)
	ctx, stop := f.within(ctx)
	defer stop()
	result, err := p.build(ctx, location, service, f, show)
	if err != nil {
		return overdue(ctx, err)
	}
	return a.print(result, func(w io.Writer) { describe(w, result, log.Name()) })
}

func (p *platform) build(ctx context.Context, location source.Location, service slipway.ServiceName, f buildFlags, show *progress) (buildResult, error) {
	chosen, err := p.app.newStacks(p.lock, f.profile, false)
	if err != nil {
		return buildResult{}, err
	}
	sources, err := p.sources()
	if err != nil {
		return buildResult{}, err
	}
	begun := time.Now()
	tree, err := sources.Open(ctx, location)
	if err != nil {
		return buildResult{}, err
	}
	defer tree.Close() //nolint:errcheck // read-only
	opened := time.Since(begun)
	if service, err = f.declared(service, tree); err != nil {
		return buildResult{}, err
	}
	look := &inspector{platform: p, mode: f.contract, say: show.say}
	b := &builder.Builder{
		Stacks: chosen, Images: &images{registry: p.images}, Solver: &solver{platform: p},
		Settings: p.settings, Limits: f.limits(f.silence), Frontends: f.frontends, Inspector: look, Keys: ownKeys{p},
	}
	secrets, err := p.app.secretValues(f.secrets)
	if err != nil {
		return buildResult{}, err
	}
	result, err := b.Build(ctx, builder.Request{
		Service: service, Tree: tree, Path: f.pathIn(tree), Main: f.main, Force: f.force, Log: show,
		Secrets: secrets, Reports: reportsTo(f.reports), Trust: f.trust(),
	})
	if err != nil {
		return buildResult{}, err
	}
	result.Took["source"] = int(opened.Milliseconds())
	delivered, err := p.deliver(ctx, result, f)
	delivered.Contract = look.report
	return delivered, err
}

// deliver takes the image where it was asked for.
func (p *platform) deliver(ctx context.Context, built builder.Result, f buildFlags) (buildResult, error) {
	r := buildResult{Result: built}
	if p.shared != nil {
		r.Pull = p.shared.Registry + "/" + built.Image.Service.String() + ":" + built.Image.Tag
	}
	if f.oci != "" {
		if err := p.images.WriteOCI(ctx, built.Image, f.oci); err != nil {
			return r, err
		}
		r.OCI = f.oci
	}
	if f.push != "" {
		pushed, err := p.images.Copy(ctx, built.Image, outside(f.push))
		if err != nil {
			return r, err
		}
		r.Pushed = pushed.String()
	}
	return r, nil
}

// buildResult is what `slipway build --output json` prints.
type buildResult struct {
	builder.Result
	Pull   string `json:"pull,omitempty"` // where the running `up` offers the image to other programs
	OCI    string `json:"oci,omitempty"`
	Pushed string `json:"pushed,omitempty"`
	// Contract is what the check of the image found; nil: nobody looked.
	Contract *contract.Report `json:"contract,omitempty"`
}

func describe(w io.Writer, r buildResult, log string) {
	how := "built"
	if r.Known {
		how = "unchanged: the image of this content exists"
	}
	fmt.Fprintf(w, "%s  %s\n", r.Image.Service, how)
	fmt.Fprintf(w, "  image    %s:%s\n", r.Image.Repository, r.Image.Tag)
	fmt.Fprintf(w, "  digest   %s\n", r.Image.Digest)
	fmt.Fprintf(w, "  plan     %s, stack %s, starts %s\n", languageOf(r.Plan), r.Plan.Stack.Name, startOf(r.Plan))
	if len(r.Steps) > 0 {
		fmt.Fprintf(w, "  steps    %d, cached %d\n", len(r.Steps), cachedOf(r.Steps))
	}
	if r.Tests != nil {
		fmt.Fprintf(w, "  tests    %s\n", r.Tests)
	}
	if r.Pull != "" {
		fmt.Fprintf(w, "  pull     %s\n", r.Pull)
	}
	if r.Pushed != "" {
		fmt.Fprintf(w, "  pushed   %s\n", r.Pushed)
	}
	if r.OCI != "" {
		fmt.Fprintf(w, "  archive  %s\n", r.OCI)
	}
	fmt.Fprintf(w, "  log      %s\n", log)
}

func cachedOf(steps []builder.StepResult) int {
	n := 0
	for _, s := range steps {
		if s.Cached {
			n++
		}
	}
	return n
}

// within bounds everything from the first byte fetched to the last pushed.
func (f buildFlags) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, f.timeout, slipway.Errorf(slipway.CodeLimit, "the build took longer than its limit of %s", f.timeout).
		WithClass(slipway.ClassLimit).WithHint("raise --timeout, or find what hangs in the log"))
}

// overdue gives the limit that ended a build rather than what it was doing.
func overdue(ctx context.Context, err error) error {
	if limit, ok := errors.AsType[*slipway.Error](context.Cause(ctx)); ok {
		return limit
	}
	return err
}

func (f buildFlags) trust() slipway.Trust {
	if f.stranger {
		return slipway.TrustStranger
	}
	return slipway.TrustMember
}

// serviceName is the one given, else local/NAME after the directory or
// repository.
func (f serviceFlags) serviceName(l source.Location) (slipway.ServiceName, error) {
	if f.service != "" {
		return slipway.ParseServiceName(f.service)
	}
	name := strings.TrimSuffix(path.Base(strings.TrimSuffix(l.URL, "/")), ".git")
	if l.URL == "" {
		dir, err := filepath.Abs(l.Dir)
		if err != nil {
			return slipway.ServiceName{}, slipway.Errorf(slipway.CodeUsage, "the directory %s has no name", l.Dir).Because(err)
		}
		name = filepath.Base(dir)
	}
	if l.Subdir != "" {
		name = path.Base(l.Subdir)
	}
	name = strings.ReplaceAll(strings.ReplaceAll(slipway.Slug(name), ".", "-"), "_", "-")
	if !slipway.ValidLabel(name) {
		return slipway.ServiceName{}, slipway.Errorf(slipway.CodeUsage, "no service name can be made of %q", name).WithHint("pass --service TEAM/NAME")
	}
	return slipway.ServiceName{Team: "local", Name: name}, nil
}

func (p *platform) sources() (*source.Sources, error) {
	if err := os.MkdirAll(p.dir.join("cache"), 0o700); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the cache directory %s cannot be made", p.dir.join("cache")).Because(err)
	}
	return source.New(p.app.sourceConfig(p.dir, p.settings)), nil
}
