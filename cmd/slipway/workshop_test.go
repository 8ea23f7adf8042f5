package main

import (
	"io"
	"log/slog"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// A worker learns where a branch stands from the repository itself.
func TestWorkshop_Head(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...)
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x")
		out, err := c.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main", "cart.git")
	commit := func(message string) string {
		git("-C", "cart.git", "commit", "-q", "--allow-empty", "-m", message)
		return git("-C", "cart.git", "rev-parse", "HEAD")
	}
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&cgi.Handler{
		Path: program, Args: []string{"http-backend"}, Stderr: io.Discard, Logger: slog.NewLogLogger(slog.DiscardHandler, 0),
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull},
	})
	t.Cleanup(server.Close)
	none := func(string) (string, bool) { return "", false }
	dir := &dataDir{path: filepath.Join(t.TempDir(), "data")}
	shop := &workshop{origins: origins{&platform{app: &app{env: none}, dir: dir}}}
	origin := slipway.Origin{Connection: 1, URL: server.URL + "/cart.git", Ref: "refs/heads/main"}
	for _, message := range []string{"one", "two"} {
		want := commit(message)
		if head, err := shop.Head(t.Context(), origin); head != want || err != nil {
			t.Errorf("%q, want %s, %v", head, want, err)
		}
	}
	origin.Ref = "refs/heads/gone"
	if head, err := shop.Head(t.Context(), origin); head != "" || err != nil {
		t.Errorf("a branch that is not there stands at %q, %v", head, err)
	}
	origin.URL += "-not"
	if _, err := shop.Head(t.Context(), origin); slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Error(err)
	}
	if left, _ := filepath.Glob(dir.join("run", "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
