//go:build e2e

package e2e_test

import (
	"fmt"
	"log/slog"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is a git repository on disk and the URL under which git's own
// http-backend serves it.
type repository struct {
	dir, url string
	commits  int
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		missing(t, "git is not installed")
	}
	root := t.TempDir()
	r := &repository{dir: filepath.Join(root, "shop.git")}
	r.git(t, root, "init", "--quiet", "--initial-branch=main", "shop.git")
	backend := filepath.Join(r.git(t, root, "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		missing(t, "git http-backend is not installed")
	}
	server := httptest.NewServer(&cgi.Handler{
		Path: backend, Dir: root, Stderr: &output{}, Logger: slog.NewLogLogger(slog.DiscardHandler, 0),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + root,
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	})
	t.Cleanup(server.Close)
	r.url = server.URL + "/shop.git"
	return r
}

// git runs git and gives its output without the last newline.
func (r *repository) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	when := fmt.Sprintf("%d +0000", 1_700_000_000+3600*r.commits)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE="+when,
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "GIT_COMMITTER_DATE="+when)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit commits everything and gives the commit's id. Each commit is an
// hour after the one before.
func (r *repository) commit(t *testing.T, message string) string {
	t.Helper()
	r.commits++
	r.git(t, r.dir, "add", "--all")
	r.git(t, r.dir, "commit", "--quiet", "--message", message)
	return r.git(t, r.dir, "rev-parse", "HEAD")
}

// sample copies a sample service, without what git knows about it.
func sample(t *testing.T, name, to string) string {
	t.Helper()
	if err := copyTree(filepath.Join("services", "go", name), to); err != nil {
		t.Fatal(err)
	}
	return to
}

// replaceIn changes a file.
func replaceIn(t *testing.T, file, old, with string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		t.Fatalf("%s does not contain %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(b), old, with, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
