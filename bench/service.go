package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// service is a sample service of one language and how its files are edited.
// Another language adds another of these.
type service struct {
	language string
	dir      string // below bench/services
	versions []version
	source   func(dir, mark string) error
	depend   func(dir string, v version) error
}

// version is a dependency's, with the checksums that a lockfile wants.
type version struct{ name, sum, modSum string }

func (l *lab) goService() (service, error) {
	dir := filepath.Join(l.root, "bench", "services")
	b, err := os.ReadFile(filepath.Join(dir, "go.versions"))
	if err != nil {
		return service{}, err
	}
	s := service{language: "Go", dir: filepath.Join(dir, "go"), source: greet, depend: requireChi}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			return service{}, fmt.Errorf("go.versions: %q is not version, sum and go.mod sum", line)
		}
		s.versions = append(s.versions, version{f[0], f[1], f[2]})
	}
	return s, nil
}

// newMark tells this run's edits from those of every other: nothing that was
// built before can be found in a cache.
func newMark() string { return rand.Text()[:10] }

// greet is the smallest real change of a source.
func greet(dir, mark string) error {
	return rewrite(filepath.Join(dir, "main.go"), "const greeting = ", fmt.Sprintf("const greeting = %q", "hello "+mark))
}

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
