package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/e2e/localforge"
)

// pushed is a service that is built by pushes to a forge on loopback.
type pushed struct {
	plane   *plane
	service slipway.ServiceName
	dir     string // the developer's copy
	url     string
	build   slipway.Build // of the last push
}

// newPushed has a directory's files pushed for the first time.
func (l *lab) newPushed(ctx context.Context, p *plane, f *localforge.Forge, name, dir string) (*pushed, error) {
	s := &pushed{plane: p, service: slipway.ServiceName{Team: p.team, Name: name}, dir: dir, url: f.URL() + "/bench/" + name + ".git"}
	c, err := p.connect(ctx, name, s.url)
	if err != nil {
		return nil, err
	}
	if _, err := p.api.AddService(ctx, p.team, rest.NewService{Name: name, Connection: c.ID}); err != nil {
		return nil, err
	}
	if err := f.Create(ctx, "bench/"+name, localforge.Hook{URL: c.Hook, Secret: c.Secret}); err != nil {
		return nil, err
	}
	return s, s.push(ctx)
}

// commit commits what was changed.
func (s *pushed) commit(ctx context.Context) error {
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-q", "--allow-empty", "-m", "x"}} {
		if _, _, err := git(s.dir, args...).run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// push pushes what is committed and waits until its build has ended.
func (s *pushed) push(ctx context.Context) error {
	out, _, err := git(s.dir, "rev-parse", "HEAD").run(ctx)
	if err != nil {
		return err
	}
	if _, _, err := git(s.dir, "push", "-q", s.url, "main").run(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the push of %s was not built: %w", s.service, ctx.Err())
		case <-look.C:
		}
		if ended, err := s.look(ctx, string(out[:40])); ended || err != nil {
			return err
		}
	}
}

func (s *pushed) look(ctx context.Context, commit string) (ended bool, err error) {
	builds, err := s.plane.api.Builds(ctx, client.Filter{Service: s.service.String(), Commit: commit, Most: 1})
	if err != nil || len(builds) == 0 || !builds[0].State.Ended() {
		return false, err
	}
	if s.build = builds[0]; s.build.State != slipway.BuildSucceeded {
		err = fmt.Errorf("build %d of %s %s: %s", s.build.ID, s.service, s.build.State, s.build.Reason)
	}
	return true, err
}

// received is when the hook of the last push was.
func (s *pushed) received(ctx context.Context) (time.Time, error) {
	e, err := s.plane.api.Event(ctx, s.build.Event)
	return e.Received, err
}

// firstStep is when the daemon began the first step of the last push's build.
func (s *pushed) firstStep(ctx context.Context) (at time.Time, err error) {
	err = s.plane.api.Log(ctx, s.build.ID, func(e slipway.LogEntry) {
		if e.Begun && at.IsZero() {
			at = e.Time
		}
	})
	if err == nil && at.IsZero() {
		err = fmt.Errorf("the log of build %d has no step", s.build.ID)
	}
	return at, err
}

// quickFiles is how many files the repository of the quick service has.
const quickFiles = 1_000

// pushedQuick is a program of one file and a build step that does nothing, in
// a repository of many files; more is what its slipway.yaml says besides.
func (l *lab) pushedQuick(ctx context.Context, p *plane, f *localforge.Forge, name, more string) (*pushed, error) {
	dir := l.workDir(name)
	for i := range quickFiles - 2 {
		path := filepath.Join(dir, filepath.FromSlash(generatedPath(i)))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text(i)), 0o600)); err != nil {
			return nil, err
		}
	}
	yaml := "services:\n  - name: " + name + "\n    kind: task\n    language: python\n    commands: {build: \"true\", start: python main.py}\n" + more
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "slipway.yaml"), []byte(yaml), 0o600), quickText(dir, newMark()), commitAll(ctx, dir)); err != nil {
		return nil, err
	}
	return l.newPushed(ctx, p, f, name, dir)
}

// quickText is the smallest change of the quick service.
func quickText(dir, mark string) error {
	return os.WriteFile(filepath.Join(dir, "main.py"), fmt.Appendf(nil, "print(%q)\n", mark), 0o600)
}
