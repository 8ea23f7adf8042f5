package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// measureKnown takes commits that change only the README through the whole
// way: each is fetched, its key is known, its image is stamped and tagged.
func measureKnown(ctx context.Context, l *lab) (err error) {
	if err := l.start(ctx); err != nil {
		return err
	}
	s, err := l.goService()
	if err != nil {
		return err
	}
	dir, err := l.copyService(ctx, s, "known")
	if err != nil {
		return err
	}
	served := l.workDir("forge-known")
	if _, _, err := git(l.work, "clone", "-q", "--bare", dir, filepath.Join(served, "go.git")).run(ctx); err != nil {
		return err
	}
	f, err := startForge(ctx, served)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	url := f.url + "/go.git"
	if _, err := l.buildJSON(ctx, l.data(), url, "--service", "bench/go-known"); err != nil {
		return err
	}
	var fetch, rest, process sample
	for i := range l.pairs {
		if err := pushReadme(ctx, dir, filepath.Join(served, "go.git"), i); err != nil {
			return err
		}
		c := l.slipway("build", url, "--service", "bench/go-known", "--output", "json")
		out, took, err := c.run(ctx)
		if err != nil {
			return err
		}
		b, err := decodeBuilt(out)
		if err != nil {
			return err
		}
		if !b.Known {
			return fmt.Errorf("a commit that changes only the README was built: %v", b.Took)
		}
		fetch = append(fetch, float64(b.Took["source"]))
		rest = append(rest, float64(b.Took["plan"]+b.Took["key"]+b.Took["find"]+b.Took["stamp"]))
		process = append(process, float64(took.Milliseconds()))
	}
	l.report.add(row{
		language: s.language, what: "known key: commit fetched → stamped and tagged",
		figure: fmt.Sprintf("p50 %.0f ms %s n=%d", rest.median(), rest.spread("%.0f"), len(rest)),
		bar:    "p50 ≤ 50 ms", met: rest.median() <= 50,
		note: fmt.Sprintf("whole process %.0f ms, of which fetching and reading the commit %.0f ms; beside `up`", process.median(), fetch.median()),
	})
	return nil
}

func pushReadme(ctx context.Context, dir, bare string, i int) error {
	if err := os.WriteFile(filepath.Join(dir, "README.md"), fmt.Appendf(nil, "round %d\n", i), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-q", "-m", "readme"}, {"push", "-q", bare, "main"}} {
		if _, _, err := git(dir, args...).run(ctx); err != nil {
			return err
		}
	}
	return nil
}
