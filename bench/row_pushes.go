package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-ci/slipway/e2e/localforge"
)

// fewestPushes is how many pushes a share of a hundred is taken from at least.
const fewestPushes = 30

// pushes has git push to a forge on loopback, whose hooks reach `slipway up`.
func (l *lab) pushes(ctx context.Context) (err error) {
	if err := l.start(ctx); err != nil {
		return err
	}
	p, err := planeOf(ctx, l.up)
	if err != nil {
		return err
	}
	f, err := localforge.Start(ctx, localforge.Config{Dir: l.workDir("forge-pushes"), Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	quick, err := l.pushedQuick(ctx, p, f, "quick", "")
	if err != nil {
		return err
	}
	narrow, err := l.pushedQuick(ctx, p, f, "narrow", "    inputs: [main.py]\n")
	if err != nil {
		return err
	}
	if err := l.waysOfPushes(ctx, quick, narrow); err != nil {
		return err
	}
	if err := l.reverts(ctx, quick); err != nil {
		return err
	}
	return l.overheads(ctx, p, f, quick)
}

// way is what the record says of pushes, in milliseconds.
type way struct{ expand, claim, claimed, step, whole sample }

// waysOfPushes pushes to two services by turns, one push after the other. Of
// the narrow one a single file is sent to the daemon, so that its first step
// tells when the solve began.
func (l *lab) waysOfPushes(ctx context.Context, quick, narrow *pushed) error {
	var all, few way
	n := max(fewestPushes, l.pairs)
	for range n {
		if err := errors.Join(all.push(ctx, quick), few.push(ctx, narrow)); err != nil {
			return err
		}
	}
	what := fmt.Sprintf("push to `up`, %d files: ", quickFiles)
	l.report.add(row{
		what: what + "build queued → claimed", figure: fmt.Sprintf("%s n=%d", shown(all.claim), n),
		bar: "p50 ≤ 20 ms, p99 ≤ 250 ms", met: all.claim.median() <= 20 && all.claim.quantile(0.99) <= 250,
		note: fmt.Sprintf("the record's times. Hook received → build queued: %s, of which the claim of the event is the row above and the rest fetching the commit, reading and planning it; hook received → build claimed: %s", shown(all.expand), shown(all.claimed)),
	})
	l.report.add(row{
		what: what + "claimed → solve started", figure: fmt.Sprintf("%s n=%d", shown(few.step), n),
		bar: "p50 ≤ 150 ms", met: few.step.median() <= 150,
		note: fmt.Sprintf("at most: until the daemon began the first step of a service with one of the files as its input, which comes after its own preparations. With all %d files as input, which are sent before the step: %s. Hook received → succeeded: %s and %s",
			quickFiles, shown(all.step), shown(few.whole), shown(all.whole)),
	})
	return nil
}

func (w *way) push(ctx context.Context, s *pushed) error {
	if err := errors.Join(quickText(s.dir, newMark()), s.commit(ctx)); err != nil {
		return err
	}
	if err := s.push(ctx); err != nil {
		return err
	}
	received, err := s.received(ctx)
	if err != nil {
		return err
	}
	step, err := s.firstStep(ctx)
	if err != nil {
		return err
	}
	b := s.build
	w.expand, w.claim = append(w.expand, since(received, b.Created)), append(w.claim, since(b.Created, b.Started))
	w.claimed, w.step = append(w.claimed, since(received, b.Started)), append(w.step, since(b.Started, step))
	w.whole = append(w.whole, since(received, b.Ended))
	return nil
}

// shown is a sample on a machine that others may use, too.
func shown(t sample) string {
	return fmt.Sprintf("p50 %.0f ms, p99 %.0f ms, fastest %.0f ms", t.median(), t.quantile(0.99), t.quantile(0))
}

// reverts pushes earlier trees again: their images are there.
func (l *lab) reverts(ctx context.Context, s *pushed) error {
	marks := []string{newMark(), newMark()}
	var took, whole sample
	for i := range fewestPushes + len(marks) {
		if err := errors.Join(quickText(s.dir, marks[i%len(marks)]), s.commit(ctx)); err != nil {
			return err
		}
		if err := s.push(ctx); err != nil {
			return err
		}
		if i < len(marks) {
			continue
		}
		if !s.build.Known {
			return fmt.Errorf("build %d of an earlier tree was built", s.build.ID)
		}
		received, err := s.received(ctx)
		if err != nil {
			return err
		}
		took, whole = append(took, since(s.build.Started, s.build.Ended)), append(whole, since(received, s.build.Ended))
	}
	l.report.add(row{
		what:   "known key through the service: claimed → stamped and tagged",
		figure: fmt.Sprintf("%s n=%d", shown(took), len(took)),
		bar:    "p50 ≤ 50 ms", met: took.median() <= 50,
		note: fmt.Sprintf("the record's times of pushes that go back to an earlier tree; the expansion has fetched the commit before. From the hook: %s", shown(whole)),
	})
	return nil
}

// overheads compares pushes with `slipway build` of the same files, beside
// the same `up`.
func (l *lab) overheads(ctx context.Context, p *plane, f *localforge.Forge, quick *pushed) error {
	if err := l.overhead(ctx, "a step that does nothing", quick, quickText); err != nil {
		return err
	}
	s, err := l.goService()
	if err != nil {
		return err
	}
	dir, err := l.copyService(ctx, s, "go-pushed")
	if err != nil {
		return err
	}
	compiled, err := l.newPushed(ctx, p, f, "go", dir)
	if err != nil {
		return err
	}
	return l.overhead(ctx, "Go, source change", compiled, s.source)
}

func (l *lab) overhead(ctx context.Context, what string, s *pushed, edit func(dir, mark string) error) error {
	var service, command, fromHook sample
	mark := newMark()
	for round := -1; round < l.pairs; round++ { // the first is not measured: the service is new to the command
		if err := errors.Join(edit(s.dir, fmt.Sprint(mark, " pushed ", round)), s.commit(ctx)); err != nil {
			return err
		}
		if err := s.push(ctx); err != nil {
			return err
		}
		received, err := s.received(ctx)
		if err != nil {
			return err
		}
		if err := errors.Join(edit(s.dir, fmt.Sprint(mark, " built ", round)), s.commit(ctx)); err != nil {
			return err
		}
		_, took, err := l.slipway("build", s.dir, "--service", s.service.String()).run(ctx)
		if err != nil {
			return err
		}
		if round >= 0 {
			service, command = append(service, s.build.Ended.Sub(s.build.Started).Seconds()), append(command, took.Seconds())
			fromHook = append(fromHook, s.build.Ended.Sub(received).Seconds())
		}
	}
	d := differences(service, command)
	l.report.add(row{
		what: "whole build through the service (" + what + ")", against: "`slipway build`, same files and engine",
		figure: fmt.Sprintf("%.3f s : %.3f s, %+.0f ms %s n=%d", service.median(), command.median(), 1000*d.median(), d.spread("%+.3f"), len(d)),
		bar:    "≤ 1.03 × + 100 ms", met: overBy(service, command).median() <= 0.100,
		note: fmt.Sprintf("claimed → succeeded by the record against the whole process; hook received → succeeded: %.3f s %s", fromHook.median(), fromHook.spread("%.3f")),
	})
	return nil
}

// overBy is by how much each of a is more than 1.03 times its pair.
func overBy(a, b sample) sample {
	grown := make(sample, len(b))
	for i := range b {
		grown[i] = 1.03 * b[i]
	}
	return differences(a, grown)
}
