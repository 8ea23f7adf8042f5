package source_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/tonistiigi/fsutil/types"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// strange are names that a shell, a URL or a protocol could stumble over.
func strange() []string {
	return []string{
		"new\nline", `back\slash`, "-dash", " space ", "star*[x]?", "日本語", "e\u0301", "\u00e9", "foo", "foo.go/x", "foo-bar", "a:b", "#x", "\x01",
	}
}

// farm writes a tree with everything that a commit can have.
func farm(t *testing.T, dir string) {
	t.Helper()
	for _, name := range strange() {
		writeFile(t, filepath.Join(dir, "names", name), "in "+name)
	}
	writeFile(t, filepath.Join(dir, "bin", "tool"), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(dir, "bin", "tool"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "empty"), "")
	for link, target := range map[string]string{
		"links/file": "../bin/tool", "links/dir": "../names", "links/chain": "file", "links/dangling": "nowhere",
		"links/absolute": "/etc/passwd", "links/escaping": "../../../etc/passwd", "links/loop": "loop2", "links/loop2": "loop",
		"links/through": "dir/../bin/tool", "links/self": ".",
	} {
		path := filepath.Join(dir, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
}

// trees gives ways to open the same files: as a commit, by both fetchers, and
// as a working tree.
func trees(t *testing.T, fill func(dir string)) map[string]func(t *testing.T) *source.Tree {
	t.Helper()
	f := newForge(t)
	r := f.repo(t, "content")
	fill(r.work)
	r.push("all")
	ways := map[string]func(t *testing.T) *source.Tree{
		"directory": func(t *testing.T) *source.Tree {
			t.Helper()
			return open(t, source.New(source.Config{}), source.Location{Dir: r.work})
		},
	}
	for kind, config := range fetchers(t) {
		ways[kind] = func(t *testing.T) *source.Tree {
			t.Helper()
			return open(t, source.New(config), source.Location{URL: r.url})
		}
	}
	return ways
}

func TestTree_FS_serves_strange_names_and_links(t *testing.T) {
	t.Parallel()
	for kind, open := range trees(t, func(dir string) { farm(t, dir) }) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			tree := open(t)
			for _, name := range strange() {
				if got := read(t, tree, "names/"+name); got != "in "+name {
					t.Errorf("%q = %q", name, got)
				}
			}
			for _, name := range []string{"links/file", "links/chain", "links/through", "links/self/file", "links/self/self/file"} {
				if got := read(t, tree, name); got != "#!/bin/sh\n" {
					t.Errorf("%s = %q, want the tool", name, got)
				}
			}
			if got := read(t, tree, "links/dir/foo"); got != "in foo" {
				t.Errorf("links/dir/foo = %q", got)
			}
			fi, err := fs.Stat(tree.FS(), "bin/tool")
			if err != nil || fi.Mode() != 0o755 {
				t.Errorf("bin/tool has %v, %v; want 0755", fi, err)
			}
			for name, sentence := range map[string]string{
				"links/absolute": `"links/absolute" points outside the repository, to "/etc/passwd"`,
				"links/escaping": `"links/escaping" points outside`,
				"links/loop":     "goes round in a circle",
			} {
				_, err := fs.ReadFile(tree.FS(), name)
				checkError(t, err, slipway.CodeInvalid, sentence)
			}
			if _, err := fs.ReadFile(tree.FS(), "links/dangling"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("dangling: %v, want it not to exist", err)
			}
			got, err := tree.Escaping()
			want := []string{"links/absolute -> /etc/passwd", "links/escaping -> ../../../etc/passwd"}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("escaping: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestTree_FS_is_an_fs(t *testing.T) {
	t.Parallel()
	fill := func(dir string) {
		for _, name := range []string{"a/b/c", "a/b.go", "a/b-c", "x", "z/-y"} {
			writeFile(t, filepath.Join(dir, name), name)
		}
		if err := os.Symlink("a/b/c", filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
	}
	for kind, open := range trees(t, fill) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			tree := open(t)
			if err := fstest.TestFS(tree.FS(), "a/b/c", "a/b.go", "a/b-c", "x", "z/-y", "link"); err != nil {
				t.Error(err)
			}
		})
	}
}

// walk gives what the file sync of a session would send.
func walk(t *testing.T, tree *source.Tree) []string {
	t.Helper()
	var list []string
	session := tree.Session()
	err := session.Walk(t.Context(), "", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		stat, ok := fi.Sys().(*types.Stat)
		if !ok || stat.Path != path || stat.ModTime != fi.ModTime().UnixNano() || stat.Mode != uint32(fi.Mode()) {
			t.Errorf("%q: stat is %+v", path, stat)
		}
		text := ""
		if fi.Mode().IsRegular() {
			text = sessionRead(t, tree, path)
		}
		list = append(list, strings.Join([]string{path, fi.Mode().String(), fi.ModTime().String(), stat.Linkname, text}, "|"))
		return nil
	})
	if err != nil {
		t.Fatalf("walk: %v", err)
	}
	return list
}

func sessionRead(t *testing.T, tree *source.Tree, name string) string {
	t.Helper()
	r, err := tree.Session().Open(name)
	if err != nil {
		t.Fatalf("open %q: %v", name, err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %q: %v", name, err)
	}
	return string(data)
}

func TestTree_is_the_same_from_a_commit_and_from_a_directory(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.repo(t, "same")
	farm(t, r.work)
	r.push("all")
	if err := os.MkdirAll(filepath.Join(r.work, "nothing", "in", "it"), 0o755); err != nil {
		t.Fatal(err)
	}
	commit := open(t, source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)}), source.Location{URL: r.url})
	dir := open(t, source.New(source.Config{StatCache: filepath.Join(t.TempDir(), "stat")}), source.Location{Dir: r.work})
	if diff := cmp.Diff(walk(t, commit), walk(t, dir)); diff != "" {
		t.Errorf("sessions differ (-commit +directory):\n%s", diff)
	}
	for _, inputs := range [][]string{nil, {"."}, {"bin"}, {"links/file"}, {"absent", "names"}} {
		if a, b := hash(t, commit, inputs...), hash(t, dir, inputs...); a != b {
			t.Errorf("hash of %v: %s and %s", inputs, a, b)
		}
	}
	if rev := dir.Revision(); !rev.Dirty || rev.SHA != commit.Revision().SHA || rev.Branch != "main" {
		t.Errorf("revision of the directory: %+v", rev)
	}
}

func TestTree_Hash_covers_inputs_and_nothing_else(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := source.New(source.Config{})
	writeFile(t, filepath.Join(dir, "app", "main.go"), "package main")
	writeFile(t, filepath.Join(dir, "shared", "data"), "1")
	writeFile(t, filepath.Join(dir, "README"), "1")
	if err := os.Symlink("../shared/data", filepath.Join(dir, "app", "data")); err != nil {
		t.Fatal(err)
	}
	of := func(inputs ...string) string { return hash(t, open(t, s, source.Location{Dir: dir}), inputs...) }
	app, all := of("app", "go.work"), of()
	if of("app/main.go", "app", "./app/", "go.work") != app {
		t.Error("naming an input twice changes the hash")
	}
	writeFile(t, filepath.Join(dir, "README"), "2")
	if of("app", "go.work") != app || of() == all {
		t.Error("a file outside the inputs decides")
	}
	writeFile(t, filepath.Join(dir, "shared", "data"), "2")
	linked := of("app", "go.work")
	if linked == app {
		t.Error("what a link in the inputs leads to does not count")
	}
	writeFile(t, filepath.Join(dir, "go.work"), "")
	if of("app", "go.work") == linked {
		t.Error("an input that appears does not count")
	}
	before := of("app")
	if err := os.Chmod(filepath.Join(dir, "app", "main.go"), 0o755); err != nil {
		t.Fatal(err)
	}
	if of("app") == before {
		t.Error("the executable bit does not count")
	}
	_, err := open(t, s, source.Location{Dir: dir}).Hash([]string{"../x"})
	checkError(t, err, slipway.CodeUsage, `"../x"`)
}

func TestTree_Hash_leaves_out_what_patterns_name(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := source.New(source.Config{})
	writeFile(t, filepath.Join(dir, "main.go"), "package main")
	writeFile(t, filepath.Join(dir, "README.md"), "1")
	writeFile(t, filepath.Join(dir, "deep", "er", "x_test.go"), "1")
	writeFile(t, filepath.Join(dir, "deep", "NOTES.md"), "1")
	of := func() string {
		return hash(t, open(t, s, source.Location{Dir: dir}), ".", "!*.md", "!**/*_test.go", "!.github")
	}
	before := of()
	for _, name := range []string{"README.md", "deep/er/x_test.go", ".github/workflows/ci.yml"} {
		writeFile(t, filepath.Join(dir, name), "2")
		if of() != before {
			t.Errorf("%s is left out and decides", name)
		}
	}
	for _, name := range []string{"deep/NOTES.md", "main.go", "deep/er/x.go"} {
		writeFile(t, filepath.Join(dir, name), "2")
		after := of()
		if after == before {
			t.Errorf("%s is not left out and does not decide", name)
		}
		before = after
	}
	_, err := open(t, s, source.Location{Dir: dir}).Hash([]string{"!["})
	checkError(t, err, slipway.CodeUsage, "[")
}

func TestTree_Session_stops_with_its_context(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a"), "a")
	tree := open(t, source.New(source.Config{}), source.Location{Dir: dir})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := tree.Session().Walk(ctx, "", func(string, fs.DirEntry, error) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("walk = %v, want it cancelled", err)
	}
}
