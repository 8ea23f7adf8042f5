package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// sameLLB compares a whole build with buildctl running the very definition
// that Slipway compiles, on the same daemon, into the same exporter, with the
// same cache mounts. What is between them is Slipway's own: process start,
// source, plan, key, look-up and stamp.
func (l *lab) sameLLB(ctx context.Context, s service, ours system) error {
	plain, err := l.llbSystem(ctx, s)
	if err != nil {
		return err
	}
	mark := newMark()
	edit := func(x system, round int) error {
		// Another text for each: the definition is the same, so the second
		// would find the first one's work in the daemon's cache.
		return s.source(x.dir, fmt.Sprintf("%s %s %d", mark, x.name, round))
	}
	for _, x := range []system{ours, plain} {
		if err := edit(x, -1); err != nil {
			return err
		}
		if _, err := x.build(ctx, false); err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
	}
	return l.compare(ctx, s.language, []system{ours, plain}, change{
		what: "whole build, source change", rounds: l.pairs, edit: edit,
		bars: map[string]bar{plain.name: {"≤ 1.03 × + 100 ms", func(a, b sample) bool {
			return a.median() <= 1.03*b.median()+0.100
		}}},
		notes: map[string]string{plain.name: "buildctl compiles no plan, computes no key and stamps nothing; step limits are not in its definition"},
	})
}

// llbSystem runs Slipway's definition with buildctl.
func (l *lab) llbSystem(ctx context.Context, s service) (system, error) {
	dir, err := l.copyService(ctx, s, s.name+"-llb")
	if err != nil {
		return system{}, err
	}
	if err := s.depend(dir, min(l.pairs, s.versions)-1); err != nil { // as the others stand
		return system{}, err
	}
	out, err := l.compiled(ctx, s, dir)
	if err != nil {
		return system{}, err
	}
	definition, err := out.Definition.ToPB().MarshalVT()
	if err != nil {
		return system{}, err
	}
	export, err := csvField(exporter("slipway.internal/"+s.image()+"-llb:latest"), "containerimage.config="+string(out.Config))
	if err != nil {
		return system{}, err
	}
	return system{name: "buildctl with the same LLB", dir: dir, build: func(ctx context.Context, _ bool) (time.Duration, error) {
		c := l.buildctlBuild("--local", compile.SourceName+"="+dir, "--output", export)
		c.stdin = definition
		_, took, err := c.run(ctx)
		return took, err
	}}, nil
}

// compiled is what Slipway compiles for the service in dir.
func (l *lab) compiled(ctx context.Context, s service, dir string) (compile.Output, error) {
	plan, err := l.plan(ctx, dir, s.image())
	if err != nil {
		return compile.Output{}, err
	}
	build, err := l.config(ctx, "stacks/"+repository(s.stack.Build.Name), s.stack.Build.Digest)
	if err != nil {
		return compile.Output{}, err
	}
	run, err := l.config(ctx, "stacks/"+repository(s.stack.Run.Name), s.stack.Run.Digest)
	if err != nil {
		return compile.Output{}, err
	}
	return compile.Image(ctx, compile.Input{
		Service: slipway.ServiceName{Team: "bench", Name: s.name}, Plan: plan, Stack: s.stack, Build: build, Run: run,
	})
}

// csvField appends one attribute that may hold commas and quotes.
func csvField(attributes, more string) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	err := w.Write(append(strings.Split(attributes, ","), more))
	w.Flush()
	return strings.TrimSpace(b.String()), err
}

// workDir is where the work of a named part is kept.
func (l *lab) workDir(name string) string { return filepath.Join(l.work, name) }
