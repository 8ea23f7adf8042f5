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
