package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-ci/slipway"
)

// service is a sample service of one language and how its files are edited.
type service struct {
	language string // as rows show it
	name     string // folder below services and rivals, and last part of the image's name
	dir      string
	stack    slipway.Stack // that Slipway takes; the rivals get the same images by digest
	versions int           // of the dependency that changes
	source   func(dir, mark string) error
	depend   func(dir string, round int) error // to the version with this index
	rivals   []rival
}

// rival makes a system that builds the service otherwise.
type rival func(context.Context, service) (system, error)

func (s service) image() string { return "bench/" + s.name }

// version is a Go module's, with the checksums that go.sum wants.
type version struct{ name, sum, modSum string }

func (l *lab) goService() (service, error) {
	b, err := os.ReadFile(l.serviceDir("go") + ".versions")
	if err != nil {
		return service{}, err
	}
	var versions []version
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			return service{}, fmt.Errorf("go.versions: %q is not version, sum and go.mod sum", line)
		}
		versions = append(versions, version{f[0], f[1], f[2]})
	}
	return service{
		language: "Go", name: "go", dir: l.serviceDir("go"), versions: len(versions),
		source: greetIn("main.go", "const greeting = ", "const greeting = %q"),
		depend: func(dir string, round int) error { return requireChi(dir, versions[round]) },
		rivals: []rival{l.dockerfileSystem, l.koSystem},
	}, nil
}

// newMark tells this run's edits from those of every other: nothing that was
// built before can be found in a cache.
func newMark() string { return rand.Text()[:10] }

// requireChi is another version of the one dependency.
func requireChi(dir string, v version) error {
	const chi = "github.com/go-chi/chi/v5"
	if err := rewrite(filepath.Join(dir, "go.mod"), "require "+chi, "require "+chi+" "+v.name); err != nil {
		return err
	}
	sums := fmt.Sprintf("%[1]s %[2]s %[3]s\n%[1]s %[2]s/go.mod %[4]s\n", chi, v.name, v.sum, v.modSum)
	return os.WriteFile(filepath.Join(dir, "go.sum"), []byte(sums), 0o600)
}

// rewrite replaces the one line that begins with prefix.
func rewrite(path, prefix, line string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bytes.Split(b, []byte("\n"))
	for i, l := range lines {
		if bytes.HasPrefix(l, []byte(prefix)) {
			lines[i] = []byte(line)
			return os.WriteFile(path, bytes.Join(lines, []byte("\n")), 0o600)
		}
	}
	return fmt.Errorf("%s has no line that begins with %q", path, prefix)
}

// copyService makes a system's own copy, committed, as a developer has it.
func (l *lab) copyService(ctx context.Context, s service, name string) (string, error) {
	dir := filepath.Join(l.work, name)
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		return "", err
	}
	return dir, commitAll(ctx, dir)
}

func commitAll(ctx context.Context, dir string) error {
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "x"}} {
		if _, _, err := git(dir, args...).run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// git is a call that no setting of the user changes.
func git(dir string, args ...string) command {
	return command{
		dir: dir, args: append([]string{"git"}, args...),
		env: []string{
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
			"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.com",
			"GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.com",
		},
	}
}
