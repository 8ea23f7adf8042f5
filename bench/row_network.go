package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// measureNetwork compares the sealed engine, whose steps download through the
// recording proxy, with one whose steps have the host's network. Two data
// directories, since the mode is the engine's.
func measureNetwork(ctx context.Context, l *lab) (err error) {
	if err := l.stop(); err != nil {
		return err
	}
	s, err := l.goService()
	if err != nil {
		return err
	}
	sealed, open := l.data(), filepath.Join(l.dir, "data-host-network")
	if err := cloneData(sealed, open); err != nil {
		return err
	}
	if err := l.start(ctx); err != nil {
		return err
	}
	other, err := l.startEngines(ctx, open, "--allow-host-network")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.stop()) }()
	modes := []networkMode{{data: sealed, name: "sealed"}, {data: open, name: "host"}}
	for i := range modes {
		if modes[i].dir, err = l.copyService(ctx, s, "network-"+modes[i].name); err != nil {
			return err
		}
	}
	if err := l.networkRound(ctx, modes, func(dir string) error { return s.source(dir, newMark()) }); err != nil {
		return err // the first build of each pulls the stack images; it is not measured
	}
	for i := range modes {
		modes[i].took = nil
	}
	return l.networkRows(ctx, s, modes)
}

// networkMode is one engine and what its solves took, in milliseconds.
type networkMode struct {
	name, data, dir string
	took            sample
}

func (l *lab) networkRows(ctx context.Context, s service, modes []networkMode) error {
	rounds := min(l.pairs, s.versions)
	for _, c := range []struct {
		what, note string
		edit       func(dir string, round int) error
	}{
		{
			"proxy network: a step that downloads a dependency",
			"dependency change, the solve alone: one download step and one compile step",
			func(dir string, round int) error {
				// A line of its own makes the step new; the cache mount may have the module.
				return errors.Join(s.depend(dir, round), appendLine(filepath.Join(dir, "go.mod"), "// "+newMark()))
			},
		},
		{
			"proxy network: a step without network",
			"source change, the solve alone: one compile step",
			func(dir string, _ int) error { return s.source(dir, newMark()) },
		},
	} {
		for i := range modes {
			modes[i].took = nil
		}
		for round := range rounds {
			if err := l.networkRound(ctx, modes, func(dir string) error { return c.edit(dir, round) }); err != nil {
				return err
			}
			slices.Reverse(modes)
		}
		slices.SortFunc(modes, func(a, b networkMode) int { return len(b.name) - len(a.name) }) // sealed, host
		a, b := modes[0].took, modes[1].took
		d := differences(a, b)
		l.report.add(row{
			language: s.language, what: c.what, against: "host mode",
			figure: fmt.Sprintf("%.0f ms : %.0f ms, %+.0f ms %s n=%d", a.median(), b.median(), d.median(), d.spread("%+.0f"), len(d)),
			note:   c.note,
		})
	}
	return nil
}

func (l *lab) networkRound(ctx context.Context, modes []networkMode, edit func(dir string) error) error {
	for i, m := range modes {
		if err := edit(m.dir); err != nil {
			return err
		}
		b, err := l.buildJSON(ctx, m.data, m.dir, "--service", "bench/go-network")
		if err != nil {
			return fmt.Errorf("%s network: %w", m.name, err)
		}
		if b.Known {
			return fmt.Errorf("%s network: an edit was not built", m.name)
		}
		modes[i].took = append(modes[i].took, float64(b.Took["solve"]))
	}
	return nil
}

// cloneData gives another data directory the same stack images, once.
func cloneData(from, to string) error {
	stacks, err := os.ReadFile(filepath.Join(from, "stacks.json"))
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(filepath.Join(to, "stacks.json")); err == nil && string(have) == string(stacks) {
		return nil
	}
	if err := errors.Join(os.RemoveAll(to), os.MkdirAll(to, 0o700)); err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(to, "registry"), os.DirFS(filepath.Join(from, "registry"))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "stacks.json"), stacks, 0o600)
}

func appendLine(path, line string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, line+"\n"...), 0o600)
}
