package source_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// TestMain lets the test binary be the child process of the go-git fetcher.
func TestMain(m *testing.M) {
	if os.Getenv("SLIPWAY_FETCH_CHILD") != "" {
		if err := source.FetchChild(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// forge is a git server: git's own http-backend behind net/http.
type forge struct {
	*httptest.Server
	dir string
	// before is asked first; true means that it answered.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func gitProgram(tb testing.TB) string {
	tb.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		missing(tb, "git is not installed")
	}
	return path
}

// missing skips loudly, or fails where nothing may be missing.
func missing(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		tb.Fatalf("required: %s", why)
	}
	tb.Skipf("SKIPPED: %s", why)
}

func unstarted(tb testing.TB) *forge {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), gitProgram(tb), "--exec-path").Output()
	if err != nil {
		tb.Fatal(err)
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		missing(tb, "git http-backend is not installed")
	}
	f := &forge{dir: tb.TempDir()}
	handler := &cgi.Handler{Path: backend, Dir: f.dir, Stderr: io.Discard, Logger: slog.NewLogLogger(slog.DiscardHandler, 0), Env: []string{
		"GIT_PROJECT_ROOT=" + f.dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + f.dir,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.before != nil && f.before(w, r) {
			return
		}
		handler.ServeHTTP(w, r)
	}))
	tb.Cleanup(f.Close)
	return f
}

func newForge(tb testing.TB) *forge {
	tb.Helper()
	f := unstarted(tb)
	f.Start()
	return f
}

// repo is a repository on the forge with a working copy.
type repo struct {
	t    *testing.T
	url  string
	bare string
	work string
}

func (f *forge) repo(t *testing.T, name string) *repo {
	t.Helper()
	r := &repo{t: t, url: f.URL + "/" + name + ".git", bare: filepath.Join(f.dir, name+".git"), work: t.TempDir()}
	run(t, "", "init", "-q", "--bare", "-b", "main", r.bare)
	run(t, "", "init", "-q", "-b", "main", r.work)
	r.git("remote", "add", "origin", r.bare)
	return r
}

// run runs git with a fixed identity and clock.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), gitProgram(t), args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.com",
		"GIT_AUTHOR_DATE=2026-01-02T03:04:05+0200", "GIT_COMMITTER_DATE=2026-01-02T03:04:05+0200",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	return run(r.t, r.work, args...)
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	writeFile(r.t, filepath.Join(r.work, name), text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// push commits everything and pushes it by force; the answer is the commit.
func (r *repo) push(message string) string {
	r.t.Helper()
	r.git("add", "-A", "-f")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	r.git("push", "-q", "--force", "--tags", "origin", "HEAD:main")
	return r.git("rev-parse", "HEAD")
}

// fetchers gives a configuration for each: every promise holds for both.
func fetchers(t *testing.T) map[string]source.Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]source.Config{
		"system git": {Mirrors: t.TempDir(), Git: gitProgram(t)},
		"go-git":     {Mirrors: t.TempDir(), Self: []string{self}},
	}
}

func open(t *testing.T, s *source.Sources, loc source.Location) *source.Tree {
	t.Helper()
	tree, err := s.Open(t.Context(), loc)
	if err != nil {
		t.Fatalf("open %+v: %v\n%s", loc, err, details(err))
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return tree
}

// refused opens what must not open and checks code and sentence.
func refused(t *testing.T, s *source.Sources, loc source.Location, code slipway.Code, sentence string) {
	t.Helper()
	tree, err := s.Open(t.Context(), loc)
	if err == nil {
		_ = tree.Close()
		t.Fatalf("open %+v: no error, want %s", loc, code)
	}
	checkError(t, err, code, sentence)
}
