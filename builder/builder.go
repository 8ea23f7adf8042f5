// Package builder is the worker: it takes one service's files all the way to
// a stamped image. Build tells the story on one screen; the folders below
// hold the parts: source (files), compile (plan to LLB), solve (LLB to
// content image), engine (our own BuildKit daemon), assemble (stack images).
package builder

import (
	"context"
	"io/fs"
	"strings"
	"time"

	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/builder/solve"
)

// Tree is one state of a repository's files. *source.Tree is one.
type Tree interface {
	FS() fs.FS
	Session() fsutil.FS
	Revision() slipway.Revision
	Hash(inputs []string) (string, error)
}

// Stacks gives a plan its stack, both images pinned by digest, and the
// version that the stack has. Asked for a version that no stack has, it
// lists those there are.
type Stacks interface {
	// Lacks tells that no stack has the version that a plan asks for.
	Lacks(plan slipway.Plan) bool
	Resolve(ctx context.Context, plan slipway.Plan) (slipway.Stack, slipway.Version, error)
}

// Images is where content images are found and stamped.
type Images interface {
	// Find gives the digest of the content image of a key, or ok false.
	Find(ctx context.Context, service slipway.ServiceName, key slipway.BuildKey) (digest string, ok bool, err error)
	// Created gives the time that a content image says it was made at.
	Created(ctx context.Context, service slipway.ServiceName, content string) (time.Time, error)
	// Size is how many bytes the layers of a content image have, compressed.
	Size(ctx context.Context, service slipway.ServiceName, content string) (int64, error)
	// Stamp gives the image of a revision. Stamping twice is stamping once.
	Stamp(ctx context.Context, s Stamp) (slipway.Image, error)
}

// Stamp is what an image says beyond its content.
type Stamp struct {
	Service  slipway.ServiceName
	Content  string // digest of the content image
	Key      slipway.BuildKey
	Revision slipway.Revision
}

// Solver makes content images; it is asked only when no image exists.
type Solver interface {
	Solve(ctx context.Context, r solve.Request, key slipway.BuildKey) (digest string, err error)
}

// Inspector holds a content image against the image contract, before it is
// stamped, and counts the breaches that it lets pass. An error ends the build:
// no image is tagged.
type Inspector interface {
	Inspect(ctx context.Context, service slipway.ServiceName, plan slipway.Plan, content string) (breaches int, err error)
}

// Builder has what a build needs. It is safe for concurrent use when its
// parts are.
type Builder struct {
	Stacks   Stacks
	Images   Images
	Solver   Solver
	Settings slipway.Settings
	Limits   solve.Limits
	// Frontends are those that may read a Dockerfile in BuildKit's place,
	// REF@sha256:….
	Frontends []string
	Inspector Inspector        // nil: nobody looks
	Keys      Keys             // nil: none
	Now       func() time.Time // nil: time.Now
	// Watch is told of each part of a build as it begins, and what it gives of
	// its end; nil: nobody watches.
	Watch func(part string) (ended func(error))
}

// Request is one build.
type Request struct {
	Service slipway.ServiceName
	Trust   slipway.Trust // "" is TrustMember
	Tree    Tree
	Path    string // the service's directory in the tree; "" lets slipway.yaml say
	Main    string // explicit choice among several programs; "" none
	Force   bool   // build even when the image exists, and run every step again
	Log     slipway.Log

	Secrets map[string]string                    // values of the secrets that slipway.yaml names
	Reports func(name string, data []byte) error // gets the reports of the service's tests; nil drops them
}

// Result says what was done and how long each part took.
type Result struct {
	Image    slipway.Image  `json:"image"`
	Plan     slipway.Plan   `json:"plan"`
	Known    bool           `json:"known"`              // nothing was built: the image of this content existed
	Breaches int            `json:"breaches,omitempty"` // of the image contract, which the inspector let pass
	Took     map[string]int `json:"took"`               // milliseconds by part: plan, key, find, solve, inspect, stamp
	Steps    []StepResult   `json:"steps,omitempty"`    // as they ended; none when nothing was built
	Tests    *solve.Tests   `json:"tests,omitempty"`    // of the service's own, when they were run and left reports
}

// Build plans, finds or makes the content image, and stamps it.
func (b *Builder) Build(ctx context.Context, r Request) (_ Result, err error) {
	clock := &clock{watch: b.Watch, took: map[string]int{}}
	defer func() { clock.end(err) }()
	clock.begin("plan")
	plan, stack, err := b.Plan(ctx, r)
	if err != nil {
		return Result{}, err
	}
	clock.begin("key")
	tree, err := r.Tree.Hash(plan.Inputs)
	if err != nil {
		return Result{}, err
	}
	key := b.key(r, plan, stack, tree)
	clock.begin("find")
	content, known, err := b.find(ctx, r, plan, key)
	if err != nil {
		return Result{}, err
	}
	if content != "" && !known && plan.Dockerfile != nil {
		r.Force = true // what the daemon has cached is as old, and nothing else tells it
	}
	seen := &recorder{Log: r.Log, reports: r.Reports}
	if !known {
		clock.begin("solve")
		if content, err = b.solve(ctx, r, seen, plan, stack, tree, key); err != nil {
			return Result{}, err
		}
	}
	breaches := 0
	if b.Inspector != nil {
		clock.begin("inspect")
		if breaches, err = b.Inspector.Inspect(ctx, r.Service, plan, content); err != nil {
			return Result{}, err
		}
	}
	clock.begin("stamp")
	image, err := b.Images.Stamp(ctx, Stamp{Service: r.Service, Content: content, Key: key, Revision: r.Tree.Revision()})
	if err != nil {
		return Result{}, err
	}
	clock.end(nil)
	return Result{Image: image, Plan: plan, Known: known, Breaches: breaches, Took: clock.took, Steps: seen.steps, Tests: seen.counted()}, nil
}

// Plan detects, plans and resolves the stack, and builds nothing. Where no
// stack has the version that the repository asks for, the steps fetch it, if
// the language's adapter knows how; else the error says which there are.
func (b *Builder) Plan(ctx context.Context, r Request) (slipway.Plan, slipway.Stack, error) {
	ask := adapters.Request{Tree: r.Tree.FS(), Path: r.Path, Service: r.Service.Name, Main: r.Main}
	plan, err := adapters.Plan(ask)
	if ask.Fetch = err == nil && plan.Dockerfile == nil && b.Stacks.Lacks(plan); ask.Fetch {
		plan, err = adapters.Plan(ask)
	}
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	if plan.Dockerfile != nil {
		stack := slipway.Stack{Name: string(plan.Language)} // it brings its own images
		plan.Stack.Name = stack.Name
		return plan, stack, nil
	}
	stack, version, err := b.Stacks.Resolve(ctx, plan)
	if err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	if plan, stack, err = b.parts(ctx, plan, stack); err != nil {
		return slipway.Plan{}, slipway.Stack{}, err
	}
	plan, stack = withInit(plan, stack)
	plan.Version = version
	plan.Stack = slipway.PlanStack{Name: stack.Name, Build: stack.Build.String(), Run: stack.Run.String()}
	return plan, stack, nil
}

func (b *Builder) key(r Request, plan slipway.Plan, stack slipway.Stack, tree string) slipway.BuildKey {
	return slipway.KeyInputs{
		Service: r.Service, Tree: tree, Plan: plan, Stack: stack,
		Platform: compile.Platform, Compiler: compile.Revision, Revision: r.Tree.Revision().String(),
		Trust: r.Trust,
	}.Key()
}

// find gives the content image of a key. One that is there and whose
// dependencies are too old is given, too, and is not known.
func (b *Builder) find(ctx context.Context, r Request, plan slipway.Plan, key slipway.BuildKey) (content string, known bool, err error) {
	if r.Force {
		return "", false, nil
	}
	content, known, err = b.Images.Find(ctx, r.Service, key)
	if err != nil || !known || !plan.Unlocked {
		return content, known, err
	}
	fresh, err := b.fresh(ctx, r, plan, content)
	return content, fresh, err
}

func (b *Builder) solve(ctx context.Context, r Request, seen *recorder, plan slipway.Plan, stack slipway.Stack, tree string, key slipway.BuildKey) (string, error) {
	if err := given(plan.Secrets, r.Secrets, r.Trust); err != nil {
		return "", err
	}
	file, err := b.dockerfile(r.Tree.FS(), plan.Dockerfile)
	if err != nil {
		return "", err
	}
	if bare(plan) {
		if err := found(ctx, r, plan); err != nil {
			return "", err
		}
	}
	content, err := b.Solver.Solve(ctx, solve.Request{
		Dockerfile: file, Service: r.Service, Trust: r.Trust, Plan: plan, Stack: stack, Tree: tree, Files: r.Tree.Session(), Secrets: r.Secrets,
		Settings: b.Settings, Limits: b.Limits, Revision: r.Tree.Revision(),
		SkipCache: r.Force, Created: b.fetched(r.Service, plan), Log: seen, Reports: seen.report, Git: b.git(ctx, r.Tree.FS(), r.Trust, plan),
	}, key)
	if err == nil && bare(plan) {
		err = b.made(ctx, r, content)
	}
	return content, err
}

// given sees that every secret that the plan names has a value, and that a
// stranger gets none.
func given(names []string, values map[string]string, trust slipway.Trust) error {
	if trust == slipway.TrustStranger && len(names) > 0 {
		return slipway.Errorf(slipway.CodeForbidden, "a stranger's code gets no secrets, and this service needs %s", strings.Join(names, ", ")).
			WithHint("let somebody who may push to the repository build it, after reading the change")
	}
	for _, name := range names {
		if values[name] == "" {
			return slipway.Errorf(slipway.CodeUsage, "the secret %s, which slipway.yaml names, was not given", name).
				WithHint("for a build here pass --secret %s, which takes the value of the environment variable of that name, or --secret %s=@FILE; for those of a server set it with `slipway secret set TEAM[/NAME] %s`", name, name, name)
		}
	}
	return nil
}

// clock measures the parts of a build, of which one follows the other.
type clock struct {
	watch func(part string) func(error) // nil: nobody watches
	took  map[string]int

	part  string // "" between two
	began time.Time
	ended func(error)
}

func (c *clock) begin(part string) {
	c.end(nil)
	c.part, c.began, c.ended = part, time.Now(), func(error) {}
	if c.watch != nil {
		c.ended = c.watch(part)
	}
}

func (c *clock) end(err error) {
	if c.part == "" {
		return
	}
	c.took[c.part] = int(time.Since(c.began).Milliseconds())
	c.ended(err)
	c.part = ""
}
