package source_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// entry of a tree object, as its bytes have it.
type entry struct{ mode, name, id string }

// raw pushes a commit whose tree no git would write.
func (r *repo) raw(entries ...entry) string {
	r.t.Helper()
	var tree bytes.Buffer
	for _, e := range entries {
		id, err := hex.DecodeString(e.id)
		if err != nil {
			r.t.Fatal(err)
		}
		tree.WriteString(e.mode + " " + e.name + "\x00")
		tree.Write(id)
	}
	cmd := exec.CommandContext(r.t.Context(), gitProgram(r.t), "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
	cmd.Dir, cmd.Stdin = r.bare, &tree
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("hash-object: %v", err)
	}
	commit := run(r.t, r.bare, "commit-tree", "-m", "raw", strings.TrimSpace(string(out)))
	run(r.t, r.bare, "update-ref", "refs/heads/main", commit)
	return commit
}

func TestSources_Open_refuses_entries_that_no_checkout_has(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "text")
			r.push("one")
			blob := r.git("rev-parse", "HEAD:f")
			tree := r.git("rev-parse", "HEAD^{tree}")
			s := source.New(config)
			for _, c := range []struct {
				entries  []entry
				sentence string
			}{
				{[]entry{{"100644", "..", blob}}, `".."`},
				{[]entry{{"40000", "..", tree}}, `".."`},
				{[]entry{{"40000", ".git", tree}}, `".git"`},
				{[]entry{{"40000", ".GIT", tree}}, `".GIT"`},
				{[]entry{{"100644", "a/b", blob}}, `"a/b"`},
				{[]entry{{"100644", "\xff\xfe", blob}}, "not UTF-8"},
				{[]entry{{"100644", "f", blob}, {"100644", "f", blob}}, `"f"`},
				{[]entry{{"40000", "f", tree}, {"100644", "f", blob}}, `"f"`},
				{[]entry{{"100644", strings.Repeat("n", 300), blob}}, "255"},
			} {
				r.raw(c.entries...)
				refused(t, s, source.Location{URL: r.url}, slipway.CodeInvalid, c.sentence)
			}
		})
	}
}

func TestSources_Open_keeps_its_limits(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.repo(t, "limits")
	for _, name := range []string{"a", "b", "c", "deep/er/est/x"} {
		r.write(name, strings.Repeat("text", 100))
	}
	r.push("one")
	for what, limits := range map[string]source.Limits{
		"more than 3 files": {Files: 3}, "more than 2 deep": {Depth: 2}, "MiB of files": {Bytes: 500},
	} {
		s := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t), Limits: limits})
		refused(t, s, source.Location{URL: r.url}, slipway.CodeLimit, what)
		tree, err := s.Open(t.Context(), source.Location{Dir: r.work})
		if err != nil {
			t.Fatal(err)
		}
		_, err = tree.Hash(nil)
		checkError(t, err, slipway.CodeLimit, what)
		if err := tree.Close(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSources_Open_without_any_fetcher(t *testing.T) {
	t.Parallel()
	refused(t, source.New(source.Config{Mirrors: os.DevNull}), source.Location{URL: "https://host/x"},
		slipway.CodeUnavailable, "nothing here can fetch")
}
