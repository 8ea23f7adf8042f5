package source_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestSources_Open_over_ssh(t *testing.T) {
	t.Parallel()
	server := newSSHD(t)
	config := source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)}
	good, wrong := server.agent(t, "good"), server.agent(t, "wrong")
	known := server.knownHosts(t, "host")
	empty := filepath.Join(t.TempDir(), "none")
	writeFile(t, empty, "")

	for about, c := range map[string]struct {
		agent, known, path string
		code               slipway.Code
		sentence, hint     string
	}{
		"unknown host":  {good, empty, "", slipway.CodeForbidden, "the ssh key of [127.0.0.1]:" + server.port + " is not known", "ssh-keyscan -p " + server.port + " 127.0.0.1"},
		"changed host":  {good, server.knownHosts(t, "wrong"), "", slipway.CodeForbidden, "the ssh key of [127.0.0.1]:" + server.port + " is not the one that is known", "somebody may be in between"},
		"wrong key":     {wrong, known, "", slipway.CodeForbidden, "does not let this fetch in with any ssh key", "ssh-add"},
		"no key":        {server.agent(t), known, "", slipway.CodeForbidden, "does not let this fetch in with any ssh key", "ssh-add"},
		"no repository": {good, known, "/nowhere", slipway.CodeNotFound, "there is no repository at ssh://", "check the spelling"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			config := config
			config.SSHAgent, config.KnownHosts = c.agent, c.known
			_, err := source.New(config).Open(t.Context(), source.Location{URL: server.url() + c.path})
			checkError(t, err, c.code, c.sentence)
			if hint, _, _ := strings.Cut(details(err), "\n"); !strings.Contains(hint, c.hint) || strings.Contains(hint, ">>") {
				t.Errorf("hint = %q, want it to say %q", hint, c.hint)
			}
		})
	}

	t.Run("a commit by its id", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Mirrors, config.SSHAgent, config.KnownHosts = t.TempDir(), good, known
		server.commitsBehind(t, source.New(config))
	})

	t.Run("key in a file", func(t *testing.T) {
		t.Parallel()
		for name, code := range map[string]slipway.Code{"good": "", "wrong": slipway.CodeForbidden} {
			config := config
			// The agent's good key must not help the wrong one of the file.
			config.Mirrors, config.SSHAgent, config.SSHKey, config.KnownHosts = t.TempDir(), good, filepath.Join(server.dir, name), known
			tree, err := source.New(config).Open(t.Context(), source.Location{URL: server.url(), Ref: "main"})
			if got := slipway.ErrorCode(err); got != code {
				t.Errorf("with the key %s: %v, want the code %q", name, err, code)
			}
			if err == nil {
				_ = tree.Close()
			}
		}
	})

	t.Run("good key", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Mirrors, config.SSHAgent, config.KnownHosts = t.TempDir(), good, known
		tree := open(t, source.New(config), source.Location{URL: server.url(), Ref: "main"})
		if got := read(t, tree, "f"); got != "over ssh" {
			t.Errorf("f = %q", got)
		}
		if got := tree.Revision().Source; got != server.url() {
			t.Errorf("source = %s, want %s", got, server.url())
		}
	})
}

// commitsBehind opens commits of a server that gives none by its id: this sshd
// does not accept protocol version 2.
func (s *sshd) commitsBehind(t *testing.T, sources *source.Sources) {
	t.Helper()
	work := t.TempDir()
	run(t, "", "clone", "-q", s.repo, work)
	commit := func(text string) string {
		writeFile(t, filepath.Join(work, "f"), text)
		run(t, work, "commit", "-q", "-a", "-m", text)
		run(t, work, "push", "-q", "--force", s.repo, "HEAD:refs/heads/moving")
		return run(t, work, "rev-parse", "HEAD")
	}
	at := func(sha, behind string) source.Location {
		return source.Location{URL: s.url(), Ref: sha, Behind: behind}
	}
	const moving = "refs/heads/moving"
	one := commit("one")
	if got := read(t, open(t, sources, at(one, moving)), "f"); got != "one" { // the ref stands there
		t.Errorf("f = %q", got)
	}
	two, three := commit("two"), commit("three")
	for sha, want := range map[string]string{two: "two", three: "three", one: "one"} {
		tree := open(t, sources, at(sha, moving))
		if got := read(t, tree, "f"); got != want || tree.Revision().SHA != sha {
			t.Errorf("f = %q at %s, want %q at %s", got, tree.Revision().SHA, want, sha)
		}
	}
	four := commit("four") // and the history is had already
	commit("five")
	if got := read(t, open(t, sources, at(four, moving)), "f"); got != "four" {
		t.Errorf("f = %q", got)
	}
	run(t, work, "reset", "-q", "--hard", "HEAD~1")
	six := commit("six")
	run(t, work, "reset", "-q", "--hard", "HEAD~1")
	commit("seven") // six is behind nothing any more, and was never fetched
	refused(t, sources, at(six, moving), slipway.CodeNotFound, "is not behind refs/heads/moving any more")
	refused(t, sources, at(six, ""), slipway.CodeNotFound, "there is no commit "+six)
	refused(t, sources, at(six, "refs/heads/nothing"), slipway.CodeNotFound, "there is no commit "+six)
	if got, err := sources.Head(t.Context(), s.url(), moving); got != run(t, work, "rev-parse", "HEAD") || err != nil {
		t.Errorf("the branch is at %q, %v", got, err)
	}
}
