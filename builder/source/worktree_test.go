package source_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// names lists the files of a tree.
func names(t *testing.T, tree *source.Tree) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(tree.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatalf("walk: %v", err)
	}
	slices.Sort(list)
	return list
}

func TestSources_Open_ignores_what_git_ignores(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, "init", "-q")
	for name, text := range map[string]string{
		".gitignore": "# comment\n*.log\n!keep.log\n/build/\nnode_modules\n\\#hash\n\\!bang\nspace\\ \ntrail   \ndoc/*.txt\n**/gen\na/**/z\nfoo[0-9]\n!/build/x\n*.o\n",
		"x.log":      "", "keep.log": "", "d/y.log": "", "build/x": "", "sub/build/x": "", "node_modules/m/i.js": "", "sub/node_modules/i.js": "",
		"#hash": "", "!bang": "", "trail": "", "doc/a.txt": "", "doc/b/a.txt": "", "q/gen/x": "", "gen": "", "a/z": "", "a/b/c/z": "",
		"foo1": "", "foox": "", "tracked.log": "", "forced/node_modules/t.js": "", "forced/node_modules/u.js": "",
		"sub/.gitignore": "!*.log\nlocal\n/only-here\n", "sub/z.log": "", "sub/local": "", "sub/deeper/local": "", "sub/only-here": "", "sub/deeper/only-here": "",
		"local": "", "excluded.txt": "", "crlf/.gitignore": "one\r\ntwo\r\n", "crlf/one": "", "crlf/two": "", "crlf/three": "",
		"star/.gitignore": "*\n!.gitignore\n", "star/hidden": "", "star/d/hidden": "", "main.go": "", "x.o": "", ".env": "", "日本/語.log": "", "日本/語": "",
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	writeFile(t, filepath.Join(dir, "space "), "")
	writeFile(t, filepath.Join(dir, ".git", "info", "exclude"), "excluded.txt\n")
	run(t, dir, "add", "-f", "tracked.log", "forced/node_modules/t.js", "main.go")

	want := strings.Split(strings.TrimSuffix(run(t, dir, "ls-files", "-co", "--exclude-standard", "-z"), "\x00"), "\x00")
	slices.Sort(want)
	got := names(t, open(t, source.New(source.Config{}), source.Location{Dir: dir}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("git and Slipway differ (-git +slipway):\n%s", diff)
	}
}

func TestSources_Open_a_part_of_a_repository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, "init", "-q", "-b", "trunk")
	run(t, dir, "remote", "add", "origin", "https://me:token@forge.example.com/team/x.git")
	writeFile(t, filepath.Join(dir, "services", "api", "main.go"), "package main")
	writeFile(t, filepath.Join(dir, "go.mod"), "module x")
	writeFile(t, filepath.Join(dir, ".gitignore"), "out\n")
	writeFile(t, filepath.Join(dir, "out", "app", "index.html"), "x")
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "-m", "x")
	s := source.New(source.Config{})
	tree := open(t, s, source.Location{Dir: filepath.Join(dir, "services", "api")})
	if got := tree.Subdir(); got != "services/api" || read(t, tree, "go.mod") != "module x" {
		t.Errorf("subdir = %q, want services/api below the root of the repository", got)
	}
	want := slipway.Revision{
		SHA: run(t, dir, "rev-parse", "HEAD"), Branch: "trunk", Dirty: true,
		Time: time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC), Source: "https://forge.example.com/team/x.git",
	}
	if diff := cmp.Diff(want, tree.Revision()); diff != "" {
		t.Errorf("revision (-want +got):\n%s", diff)
	}
	ignored := open(t, s, source.Location{Dir: filepath.Join(dir, "out", "app")})
	if got := names(t, ignored); ignored.Subdir() != "." || !slices.Equal(got, []string{"index.html"}) {
		t.Errorf("an ignored directory has %v at %s, want it on its own", got, ignored.Subdir())
	}
	if rev := ignored.Revision(); rev != (slipway.Revision{Dirty: true}) {
		t.Errorf("revision of an ignored directory: %+v", rev)
	}
}

func TestSources_Open_of_directories_that_cannot_be(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := source.New(source.Config{})
	refused(t, s, source.Location{Dir: filepath.Join(dir, "nowhere")}, slipway.CodeNotFound, "there is no directory")
	writeFile(t, filepath.Join(dir, "file"), "x")
	refused(t, s, source.Location{Dir: filepath.Join(dir, "file")}, slipway.CodeUsage, "is a file")
	refused(t, s, source.Location{Dir: dir, Subdir: "x"}, slipway.CodeNotFound, `no directory "x"`)

	empty := open(t, s, source.Location{Dir: t.TempDir()})
	if got := names(t, empty); len(got) != 0 {
		t.Errorf("an empty directory has %v", got)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, s, source.Location{Dir: dir}).Hash(nil)
	checkError(t, err, slipway.CodeInvalid, `"pipe" is a socket, a pipe or a device`)

	raw := t.TempDir()
	writeFile(t, filepath.Join(raw, "\xff\xfe"), "x")
	_, err = open(t, s, source.Location{Dir: raw}).Hash(nil)
	checkError(t, err, slipway.CodeInvalid, "not UTF-8")
}

func TestSources_Open_of_unreadable_files(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		// Root reads everything; a missing file stands in for the same path of the code.
		t.Log("root: the mode of a file keeps nobody out, so only its removal is tried")
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "f"), "x")
	if err := os.Chmod(filepath.Join(dir, "f"), 0); err != nil {
		t.Fatal(err)
	}
	tree := open(t, source.New(source.Config{}), source.Location{Dir: dir})
	names(t, tree)
	if os.Geteuid() == 0 {
		if err := os.Remove(filepath.Join(dir, "f")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := tree.Hash(nil)
	checkError(t, err, slipway.CodeInvalid, `"f"`)
}

func TestTree_notices_a_file_that_changes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string) error{
		"grown":     func(path string) error { return os.WriteFile(path, []byte("longer text"), 0o644) },
		"same size": func(path string) error { return os.WriteFile(path, []byte("TEXT"), 0o644) },
		"same size and time": func(path string) error {
			fi, err := os.Stat(path)
			if err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte("TEXT"), 0o644); err != nil {
				return err
			}
			return os.Chtimes(path, fi.ModTime(), fi.ModTime())
		},
		"replaced": func(path string) error {
			if err := os.WriteFile(path+".new", []byte("text"), 0o644); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
		"a link to outside": func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Symlink("/etc/passwd", path)
		},
		"a pipe": func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return syscall.Mkfifo(path, 0o600)
		},
		"gone": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			writeFile(t, path, "text")
			before(t, path)
			tree := open(t, source.New(source.Config{}), source.Location{Dir: dir})
			hash(t, tree)
			if got := sessionRead(t, tree, "f"); got != "text" {
				t.Fatalf("f = %q", got)
			}
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			_, err := tree.Session().Open("f")
			if err == nil || slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(err.Error(), `"f"`) {
				t.Errorf("open = %v, want it to say that f changed", err)
			}
		})
	}
}

// before makes a file's times older than the coarsest clock's last tick.
func before(t *testing.T, path string) {
	t.Helper()
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestStatCache_is_a_cache(t *testing.T) {
	t.Parallel()
	dir, cache := t.TempDir(), t.TempDir()
	for i := range 20 {
		path := filepath.Join(dir, fmt.Sprintf("f%d", i))
		writeFile(t, path, fmt.Sprint(i))
		before(t, path)
	}
	s := source.New(source.Config{StatCache: filepath.Join(cache, "stat")})
	of := func() string { return hash(t, open(t, s, source.Location{Dir: dir})) }
	first := of()
	files, err := filepath.Glob(filepath.Join(cache, "stat-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("cache files: %v, %v", files, err)
	}
	for _, text := range []string{"", "garbage", strings.Repeat("x", 4096)} {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := of(); got != first {
			t.Errorf("with the cache %.10q: %s, want %s", text, got, first)
		}
	}
	// A change within the clock's last tick, of the same size, at once.
	for i := range 200 {
		writeFile(t, filepath.Join(dir, "f0"), fmt.Sprint(i%10))
		want := hash(t, open(t, source.New(source.Config{}), source.Location{Dir: dir}))
		if got := of(); got != want {
			t.Fatalf("change %d was not seen", i)
		}
	}
}

func TestSources_Open_a_directory_with_submodules(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	leaf := f.repo(t, "leaf")
	leaf.write("leaf", "leaf")
	leaf.write(".gitignore", "*.tmp\n")
	sha := leaf.push("one")
	top := f.repo(t, "top")
	top.write("t", "t")
	top.push("one")
	top.link("sub", leaf.url, sha)
	top.pushIndex()
	if err := os.MkdirAll(filepath.Join(top.work, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := source.New(source.Config{})
	_, err := open(t, s, source.Location{Dir: top.work}).Hash(nil)
	checkError(t, err, slipway.CodeInvalid, `the submodule "sub" is not checked out`)

	top.git("submodule", "update", "-q", "--init")
	top.write("sub/x.tmp", "ignored there")
	tree := open(t, s, source.Location{Dir: top.work})
	want := []string{".gitmodules", "sub/.gitignore", "sub/leaf", "t"}
	if diff := cmp.Diff(want, names(t, tree)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	commit := open(t, source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)}), source.Location{URL: top.url})
	if hash(t, commit) != hash(t, tree) {
		t.Errorf("the commit and its working tree have different hashes")
	}
}

func TestSources_Open_a_linked_worktree(t *testing.T) {
	t.Parallel()
	dir, linked := t.TempDir(), filepath.Join(t.TempDir(), "linked")
	run(t, dir, "init", "-q", "-b", "main")
	writeFile(t, filepath.Join(dir, "f"), "f")
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "-m", "x")
	run(t, dir, "worktree", "add", "-q", "-b", "side", linked)
	writeFile(t, filepath.Join(linked, ".gitignore"), "*.tmp\n")
	writeFile(t, filepath.Join(linked, "x.tmp"), "")
	tree := open(t, source.New(source.Config{}), source.Location{Dir: linked})
	if got := names(t, tree); !slices.Equal(got, []string{".gitignore", "f"}) {
		t.Errorf("files: %v", got)
	}
	if rev := tree.Revision(); rev.Branch != "side" || rev.SHA != run(t, dir, "rev-parse", "HEAD") || rev.Time.IsZero() {
		t.Errorf("revision: %+v", rev)
	}
}
