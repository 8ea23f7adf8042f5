package source_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/builder/source"
)

// generate makes a repository of n small files with git fast-import and then
// a second commit that changes one of them.
func (f *forge) generate(tb testing.TB, name string, n int) (url, first, second string) {
	tb.Helper()
	dir := filepath.Join(f.dir, name+".git")
	if out, err := exec.CommandContext(tb.Context(), "git", "init", "-q", "--bare", "-b", "main", dir).CombinedOutput(); err != nil {
		tb.Fatalf("init: %v\n%s", err, out)
	}
	var stream strings.Builder
	commit := func(mark int) {
		fmt.Fprintf(&stream, "commit refs/heads/main\nmark :%d\ncommitter c <c@example.com> 17000000%02d +0000\ndata 1\nx\n", mark, mark)
	}
	commit(1)
	for i := range n {
		text := fmt.Sprintf("file %d\n%s", i, noise(200+i%3000))
		fmt.Fprintf(&stream, "M 100644 inline d%d/e%d/f%d.txt\ndata %d\n%s\n", i/1000, i/10, i, len(text), text)
	}
	commit(2)
	stream.WriteString("M 100644 inline d0/e0/f0.txt\ndata 7\nchanged\n")
	cmd := exec.CommandContext(tb.Context(), "git", "fast-import", "--quiet", "--export-marks=marks")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("fast-import: %v\n%s", err, out)
	}
	marks, err := os.ReadFile(filepath.Join(dir, "marks"))
	if err != nil {
		tb.Fatal(err)
	}
	fields := strings.Fields(string(marks))
	return f.URL + "/" + name + ".git", fields[1], fields[3]
}

func TestSources_Open_of_100000_files(t *testing.T) {
	if testing.Short() {
		t.Skip("generates 100,000 files")
	}
	f := newForge(t)
	url, _, _ := f.generate(t, "huge", 100_000)
	s := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)})
	began := time.Now()
	tree := open(t, s, source.Location{URL: url})
	opened := time.Since(began)
	count := 0
	err := tree.Session().Walk(t.Context(), "", func(_ string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			count++
		}
		return err
	})
	if err != nil || count != 100_000 {
		t.Errorf("%d files, %v; want 100000", count, err)
	}
	t.Logf("100,000 files: opened in %s", opened)
}

// BenchmarkSources_Open_next_commit is the figure "fetched and read" of the
// next commit of a repository of 7,500 files.
func BenchmarkSources_Open_next_commit(b *testing.B) {
	f := newForge(b)
	url, first, second := f.generate(b, "r", 7500)
	git, err := exec.LookPath("git")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		s := source.New(source.Config{Mirrors: b.TempDir(), Git: git})
		openClose(b, s, source.Location{URL: url, Ref: first})
		b.StartTimer()
		openClose(b, s, source.Location{URL: url, Ref: second})
	}
}

func openClose(b *testing.B, s *source.Sources, loc source.Location) {
	b.Helper()
	tree, err := s.Open(b.Context(), loc)
	if err != nil {
		b.Fatal(err, details(err))
	}
	if _, err := tree.Hash(nil); err != nil {
		b.Fatal(err)
	}
	if err := tree.Close(); err != nil {
		b.Fatal(err)
	}
}

// benchDir is a git working tree of n committed files.
func benchDir(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("d%d/e%d", i/1000, i/10), fmt.Sprintf("f%d.txt", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, fmt.Appendf(nil, "file %d", i), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}} {
		cmd := exec.CommandContext(b.Context(), "git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	return dir
}

// BenchmarkSources_Open_directory lists a directory of 10,000 files, as a plan
// that looks everywhere does.
func BenchmarkSources_Open_directory(b *testing.B) {
	dir := benchDir(b, 10_000)
	for b.Loop() {
		tree, err := source.New(source.Config{}).Open(b.Context(), source.Location{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		err = fs.WalkDir(tree.FS(), ".", func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			b.Fatal(err)
		}
		if err := tree.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSources_Hash_directory is the hash of the same with a warm cache.
func BenchmarkSources_Hash_directory(b *testing.B) {
	dir := benchDir(b, 10_000)
	old := time.Now().Add(-time.Hour)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(path, old, old)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	s := source.New(source.Config{StatCache: filepath.Join(b.TempDir(), "stat")})
	b.ResetTimer()
	for b.Loop() {
		openClose(b, s, source.Location{Dir: dir})
	}
}

// BenchmarkTree_Hash_exceptions hashes a commit of 1,000 files with the
// exceptions of a Python service.
func BenchmarkTree_Hash_exceptions(b *testing.B) {
	f := newForge(b)
	url, first, _ := f.generate(b, "r", 1_000)
	s := source.New(source.Config{Mirrors: b.TempDir(), Git: gitProgram(b)})
	tree, err := s.Open(b.Context(), source.Location{URL: url, Ref: first})
	if err != nil {
		b.Fatal(err, details(err))
	}
	defer tree.Close()
	inputs := []string{"."}
	for _, name := range []string{
		".git", ".hg", ".svn", ".venv", "venv/pyvenv.cfg", "venv/bin", "venv/lib", "venv/lib64", "venv/include", "__pycache__", "*.pyc", "*.pyo", "*.egg-info",
		".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".ipynb_checkpoints", ".coverage", "htmlcov", "node_modules", ".idea", ".vscode", ".DS_Store", "*.log", ".env", ".env.*",
	} {
		inputs = append(inputs, "!**/"+name)
	}
	for b.Loop() {
		if _, err := tree.Hash(inputs); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSources_Open_again opens a commit of 1,000 files that was fetched
// before, as a build does after the expansion of its event.
func BenchmarkSources_Open_again(b *testing.B) {
	f := newForge(b)
	url, first, _ := f.generate(b, "r", 1_000)
	s := source.New(source.Config{Mirrors: b.TempDir(), Git: gitProgram(b)})
	loc := source.Location{URL: url, Ref: first}
	openClose(b, s, loc)
	for b.Loop() {
		tree, err := s.Open(b.Context(), loc)
		if err != nil {
			b.Fatal(err)
		}
		_ = tree.Close()
	}
}
