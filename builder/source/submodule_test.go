package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// link adds a submodule by hand: `git submodule add` wants to fetch it.
func (r *repo) link(path, url, sha string) {
	r.t.Helper()
	r.git("update-index", "--add", "--cacheinfo", "160000,"+sha+","+path)
	old, _ := os.ReadFile(filepath.Join(r.work, ".gitmodules"))
	r.write(".gitmodules", string(old)+"[submodule \""+path+"\"]\n\tpath = "+path+"\n\turl = "+url+"\n")
	r.git("add", ".gitmodules")
}

// pushIndex commits what link staged.
func (r *repo) pushIndex() string {
	r.t.Helper()
	r.git("commit", "-q", "-m", "submodules")
	r.git("push", "-q", "--force", "origin", "HEAD:main")
	return r.git("rev-parse", "HEAD")
}

func TestSources_Open_follows_submodules(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			prefix := strings.ReplaceAll(t.Name(), "/", "-")
			leaf := f.repo(t, prefix+"-leaf")
			leaf.write("deep/leaf", "leaf")
			old := leaf.push("one")
			leaf.write("deep/leaf", "newer")
			leaf.push("two")
			middle := f.repo(t, prefix+"-middle")
			middle.write("m", "middle")
			middle.push("one")
			middle.link("sub/leaf", "../"+prefix+"-leaf.git", old)
			inner := middle.pushIndex()
			top := f.repo(t, prefix+"-top")
			top.write("t", "top")
			top.push("one")
			top.link("libs/middle", middle.url, inner)
			top.pushIndex()

			tree := open(t, source.New(config), source.Location{URL: top.url})
			for name, want := range map[string]string{"t": "top", "libs/middle/m": "middle", "libs/middle/sub/leaf/deep/leaf": "leaf"} {
				if got := read(t, tree, name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
				if got := sessionRead(t, tree, name); got != want {
					t.Errorf("session: %s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestSources_Open_refuses_submodules(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	other := newForge(t)
	secret := other.repo(t, "secret")
	secret.write("s", "s")
	inner := secret.push("one")
	s := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)})
	for name, c := range map[string]struct {
		url, sentence string
		code          slipway.Code
	}{
		"file scheme":    {"file:///etc", `scheme "file" is not allowed`, slipway.CodeInvalid},
		"remote helper":  {"ext::sh -c id", "cannot be had", slipway.CodeInvalid},
		"local path":     {"/srv/git/x", "not a repository URL", slipway.CodeInvalid},
		"option":         {"-u./payload", "refused", slipway.CodeInvalid},
		"option as host": {"ssh://-oProxyCommand=id/x", "not a host name", slipway.CodeInvalid},
		"above the host": {"../../../../x", "leaves the host", slipway.CodeInvalid},
		"loopback name":  {strings.Replace(secret.url, "127.0.0.1", "localhost", 1), "may not be fetched from", slipway.CodeForbidden},
		"loopback mapped": {
			strings.Replace(secret.url, "127.0.0.1", "[::ffff:127.0.0.1]", 1), "is not a public address", slipway.CodeForbidden,
		},
		"ssh to loopback": {"ssh://git@localhost/x.git", "is not a public address", slipway.CodeForbidden},
		"no such commit":  {f.URL + "/nothing.git", "cannot be had", slipway.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(name, " ", "-"))
			r.write("f", "f")
			r.push("one")
			r.link("sub/mod", c.url, inner)
			r.pushIndex()
			if name == "remote helper" {
				c.sentence = "sub/mod"
			}
			refused(t, s, source.Location{URL: r.url}, c.code, c.sentence)
			refused(t, s, source.Location{URL: r.url}, c.code, `the submodule "sub/mod"`)
		})
	}
	t.Run("no entry", func(t *testing.T) {
		t.Parallel()
		r := f.repo(t, "no-entry")
		r.write("f", "f")
		r.push("one")
		r.git("update-index", "--add", "--cacheinfo", "160000,"+inner+",sub")
		r.pushIndex()
		refused(t, s, source.Location{URL: r.url}, slipway.CodeInvalid, `the submodule "sub" has no entry in .gitmodules`)
	})
	t.Run("a host that the operator listed", func(t *testing.T) {
		t.Parallel()
		r := f.repo(t, "listed")
		r.write("f", "f")
		r.push("one")
		r.link("sub", strings.Replace(secret.url, "127.0.0.1", "localhost", 1), inner)
		r.pushIndex()
		listed := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t), Private: []string{"localhost"}})
		if got := read(t, open(t, listed, source.Location{URL: r.url}), "sub/s"); got != "s" {
			t.Errorf("sub/s = %q", got)
		}
	})
	t.Run("itself", func(t *testing.T) {
		t.Parallel()
		r := f.repo(t, "itself")
		r.write("f", "f")
		sha := r.push("one")
		for range 3 {
			r.git("rm", "-q", "--cached", "--ignore-unmatch", ".gitmodules")
			_ = os.Remove(filepath.Join(r.work, ".gitmodules"))
			r.link("sub", r.url, sha)
			sha = r.pushIndex()
		}
		if got := read(t, open(t, s, source.Location{URL: r.url}), "sub/sub/sub/f"); got != "f" {
			t.Errorf("sub/sub/sub/f = %q", got)
		}
	})
}
