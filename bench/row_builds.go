package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// measureBuilds has `up` running: for each language cold, source, dependency,
// nothing changed, the same LLB, and the sizes of what came out.
func measureBuilds(ctx context.Context, l *lab) error {
	services, err := l.services(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range services {
		if err := l.buildsOf(ctx, s); err != nil {
			if ctx.Err() != nil {
				return err
			}
			errs = append(errs, fmt.Errorf("%s: %w", s.language, err))
		}
	}
	return errors.Join(errs...)
}

func (l *lab) buildsOf(ctx context.Context, s service) error {
	systems, err := l.systems(ctx, s)
	if err != nil {
		return err
	}
	seeded, err := l.seededSystem(ctx, s)
	if err != nil {
		return err
	}
	if err := l.prime(ctx, s, slices.Concat(systems, seeded)); err != nil {
		return err
	}
	for _, c := range l.changes(s, seeded) {
		l.report.say("%s, %s: %d pairs", s.language, c.what, c.rounds)
		if err := l.compare(ctx, s.language, systems, c); err != nil {
			return err
		}
	}
	if err := l.sizes(ctx, s, systems); err != nil {
		return err
	}
	if err := l.sameLLB(ctx, s, systems[0]); err != nil {
		return err
	}
	return l.nothingWithoutUp(ctx, s, systems[0])
}

// systems are Slipway and the service's rivals.
func (l *lab) systems(ctx context.Context, s service) ([]system, error) {
	if err := l.start(ctx); err != nil {
		return nil, err
	}
	if err := l.login(); err != nil {
		return nil, err
	}
	var systems []system
	for _, make := range append([]rival{l.slipwaySystem}, s.rivals...) {
		x, err := make(ctx, s)
		if err != nil {
			return nil, err
		}
		systems = append(systems, x)
	}
	return systems, nil
}

// prime forgets what earlier runs left on the daemon, then builds once with
// each system, so that base images are there and base layers are pushed. It
// also shows that the rival's image keeps the contract.
func (l *lab) prime(ctx context.Context, s service, systems []system) error {
	l.report.say("first builds, on an emptied daemon (not measured)")
	if _, _, err := l.buildctl("prune", "--all").run(ctx); err != nil {
		return err
	}
	mark := newMark()
	for _, x := range systems {
		if err := s.source(x.dir, mark); err != nil {
			return err
		}
		if _, err := x.build(ctx, false); err != nil {
			return fmt.Errorf("%s, first build: %w", x.name, err)
		}
	}
	for _, x := range systems {
		if !strings.HasPrefix(x.name, "Dockerfile") {
			continue
		}
		out, _, err := l.slipway("check", x.image+":latest").run(ctx)
		if err != nil {
			return fmt.Errorf("%s does not pass check, so it would be no fair rival: %w\n%s", x.image, err, tail(out))
		}
	}
	l.report.say("the Dockerfiles' images pass `slipway check`")
	return nil
}

func (l *lab) changes(s service, seeded []system) []change {
	mark := newMark()
	const jib = "Jib compiles on the host, without sandbox, proxy network or init, makes no jar, and writes no contract labels"
	const ko = "ko compiles on the host, without sandbox, proxy network or init, and writes no contract labels; it runs without an SBOM (Slipway makes none either)"
	return []change{
		{
			what: "source change", rounds: l.pairs,
			edit:  func(x system, round int) error { return s.source(x.dir, fmt.Sprintf("%s %d", mark, round)) },
			bars:  map[string]bar{"Dockerfile": atMost(1.05), "ko": atMost(1), "jib": atMost(1)},
			notes: map[string]string{"ko": ko, "jib": jib},
		},
		{
			what: "dependency change", rounds: min(l.pairs, s.versions),
			edit:  func(x system, round int) error { return s.depend(x.dir, round) },
			bars:  map[string]bar{"Dockerfile": atMost(1.05)},
			notes: map[string]string{"ko": ko, "jib": jib},
		},
		{
			what: "nothing changed", rounds: l.pairs,
			bars:  map[string]bar{"Dockerfile": {"≤ + 60 ms", func(a, b sample) bool { return differences(a, b).median() <= 0.060 }}},
			notes: map[string]string{"ko": ko, "jib": jib},
		},
		{
			what: "cold", rounds: l.coldPairs, cold: true, also: seeded,
			bars: coldBar(seeded),
			notes: map[string]string{
				"Dockerfile + seed": "--force and --no-cache both run every step again with new cache mounts; both compilers' caches start from the standard library in the build image, which stays on the daemon",
				"Dockerfile":        coldNote(seeded),
				"ko":                "ko gets new, empty GOCACHE and GOMODCACHE; " + ko,
				"jib":               "Jib gets a new, empty local repository and caches of its own; " + jib,
			},
		},
	}
}

// coldBar is against the rival that starts from what Slipway starts from.
func coldBar(seeded []system) map[string]bar {
	if len(seeded) > 0 {
		return map[string]bar{seeded[0].name: atMost(1.05)}
	}
	return map[string]bar{"Dockerfile": atMost(1.05)}
}

func coldNote(seeded []system) string {
	if len(seeded) > 0 {
		return "not like for like: its compiler's cache starts empty, so it compiles the standard library, which the build image brings along"
	}
	return "--force and --no-cache both run every step again with new, empty cache mounts; stack images stay on the daemon in both"
}

// nothingWithoutUp is a known key with no engine running: none is started.
func (l *lab) nothingWithoutUp(ctx context.Context, s service, slipway system) error {
	if _, err := slipway.build(ctx, false); err != nil { // after the last edits, known from here on
		return err
	}
	if err := l.stop(); err != nil {
		return err
	}
	var took sample
	for range l.pairs {
		t, err := slipway.build(ctx, false)
		if err != nil {
			return err
		}
		took = append(took, t.Seconds())
	}
	l.report.add(row{
		language: s.language, what: "nothing changed, without `up`",
		figure: fmt.Sprintf("%.3f s %s n=%d", took.median(), took.spread("%.3f"), len(took)),
		note:   "beside `up`: the row \"nothing changed\" above",
	})
	return nil
}

// repository is the last part of an image's name, without its tag.
func repository(name string) string {
	name = name[strings.LastIndex(name, "/")+1:]
	name, _, _ = strings.Cut(name, ":")
	return name
}
