package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/source"
)

// measureTransfer fetches the next commit of a repository of 7,500 files from
// a git server on loopback, reads it and sends it to the daemon, with
// Slipway's own packages in this process, so that what the daemon asks for
// can be counted.
func measureTransfer(ctx context.Context, l *lab) (err error) {
	const files = 7_500
	if err := l.start(ctx); err != nil {
		return err
	}
	served := l.workDir("forge-transfer")
	l.report.say("generating a repository of %d files", files)
	commits, err := generate(ctx, filepath.Join(served, "big.git"), files, l.pairs)
	if err != nil {
		return err
	}
	f, err := startForge(ctx, served)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t, err := l.transfer(ctx, f.url+"/big.git")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.client.Close()) }()
	var total, fetch, built sample
	var last moved
	for i, commit := range commits {
		m, err := t.move(ctx, commit)
		if err != nil {
			return err
		}
		if i == 0 {
			l.report.say("the first commit: fetched and read in %.2f s, sent in %.2f s, %d files", m.fetched.Seconds(), m.sent.Seconds(), m.files)
			continue
		}
		built = append(built, m.built.Seconds())
		fetch, total = append(fetch, m.fetched.Seconds()), append(total, (m.fetched+m.sent).Seconds())
		last = moved{files: max(last.files, m.files), bytes: max(last.bytes, m.bytes)}
		if m.files < 1 {
			return fmt.Errorf("commit %s changes a file and none was sent", commit)
		}
	}
	l.report.add(row{
		what:   "next commit of 7,500 files: fetched, read and sent",
		figure: fmt.Sprintf("%.3f s %s n=%d", total.median(), total.spread("%.3f"), len(total)),
		bar:    "≤ 0.3 s", met: total.median() <= 0.3,
		note: fmt.Sprintf("fetched and read %.3f s; the solve that it is sent in, with copy and push, %.3f s", fetch.median(), built.median()),
	})
	l.report.add(row{
		what:   "the same: sent to the daemon",
		figure: fmt.Sprintf("at most %d files, %d bytes a commit", last.files, last.bytes),
		bar:    "the changed files (1)", met: last.files <= 1,
	})
	return nil
}

// transfer takes commits of one repository to the daemon.
type transfer struct {
	sources *source.Sources
	client  *solve.Client
	stack   slipway.Stack
	url     string
}

func (l *lab) transfer(ctx context.Context, url string) (*transfer, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, err
	}
	client, err := solve.Dial(ctx, solve.Config{
		Address: l.up.BuildKit, Proxied: true,
		Registry: map[string]solve.Credentials{"slipway.internal": {User: l.up.User, Password: l.up.Password}},
	})
	if err != nil {
		return nil, err
	}
	s, err := l.goService()
	if err != nil {
		return nil, err
	}
	stack, err := l.stackOf(ctx, s) // any will do: no step runs
	if err != nil {
		return nil, err
	}
	return &transfer{
		sources: source.New(source.Config{Mirrors: l.workDir("mirrors"), Git: git}),
		client:  client, stack: stack, url: url,
	}, nil
}

// moved is what one commit cost.
type moved struct {
	fetched, sent time.Duration
	built         time.Duration // the whole solve, of which sending is a part
	files, bytes  int64
}

// move builds an image that is the tree and nothing else: no step runs.
func (t *transfer) move(ctx context.Context, commit string) (m moved, err error) {
	begun := time.Now()
	tree, err := t.sources.Open(ctx, source.Location{URL: t.url, Ref: commit})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, tree.Close()) }()
	m.fetched = time.Since(begun)
	files := &counted{FS: tree.Session()}
	_, err = t.client.Build(ctx, solve.Request{
		Service: slipway.ServiceName{Team: "bench", Name: "transfer"},
		Plan: slipway.Plan{
			Service: "transfer", Language: slipway.LanguageGo, Kind: slipway.KindTask,
			Start: []string{"/app/x"}, Dir: "/app",
			Layers: []slipway.Layer{{Role: slipway.RoleProgram, Source: &slipway.Source{}, To: "/app"}},
		},
		Stack: t.stack, Files: files, Revision: tree.Revision(), Log: silence{},
		Target: solve.Target{Push: "slipway.internal/bench/transfer:latest"},
	})
	if err != nil {
		return m, err
	}
	m.built = time.Since(begun) - m.fetched
	m.files, m.bytes, m.sent = files.files, files.bytes, files.ended.Sub(files.begun)
	return m, nil
}

// silence is a log that nobody reads.
type silence struct{}

// Line implements slipway.Log.
func (silence) Line(slipway.LogLine) {}

// Event implements slipway.Log.
func (silence) Event(slipway.StepEvent) {}
