package source_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// repository is what the server has, as a step's git names it.
func (s *sshd) repository(path string) slipway.SSHRepository {
	return slipway.SSHRepository{User: s.user, Host: "127.0.0.1", Port: s.port, Path: path}
}

func TestSources_UploadPack(t *testing.T) {
	t.Parallel()
	server := newSSHD(t)
	good := source.Config{SSHAgent: server.agent(t, "good"), KnownHosts: server.knownHosts(t, "host"), Private: []string{"127.0.0.1:" + server.port}}
	with := func(change func(*source.Config)) *source.Sources {
		c := good
		change(&c)
		return source.New(c)
	}
	ask := func(s *source.Sources, path string) (string, error) {
		var out bytes.Buffer
		// Version 1 of the protocol: the server begins with what it has, and is
		// told that nothing of it is wanted.
		err := s.UploadPack(t.Context(), server.repository(path), "", strings.NewReader("0000"), &out)
		return out.String(), err
	}

	t.Run("read", func(t *testing.T) {
		t.Parallel()
		if out, err := ask(source.New(good), server.repo); err != nil || !strings.Contains(out, "refs/heads/main") {
			t.Errorf("%q, %v", out, err)
		}
		key := with(func(c *source.Config) { c.SSHAgent, c.SSHKey = "", filepath.Join(server.dir, "good") })
		if out, err := ask(key, server.repo); err != nil || !strings.Contains(out, "refs/heads/main") {
			t.Errorf("with a key in a file: %q, %v", out, err)
		}
	})

	for about, c := range map[string]struct {
		change   func(*source.Config)
		path     string
		code     slipway.Code
		sentence string
	}{
		"unknown host":  {func(c *source.Config) { c.KnownHosts = filepath.Join(server.dir, "none") }, server.repo, slipway.CodeForbidden, "is not known"},
		"changed host":  {func(c *source.Config) { c.KnownHosts = server.knownHosts(t, "wrong") }, server.repo, slipway.CodeForbidden, "is not the one that is known"},
		"no key":        {func(c *source.Config) { c.SSHAgent = server.agent(t) }, server.repo, slipway.CodeForbidden, "does not let this fetch in"},
		"wrong key":     {func(c *source.Config) { c.SSHKey = filepath.Join(server.dir, "wrong") }, server.repo, slipway.CodeForbidden, "does not let this fetch in"},
		"not permitted": {func(c *source.Config) { c.Private = nil }, server.repo, slipway.CodeForbidden, "127.0.0.1 is not a public address"},
		"no repository": {func(*source.Config) {}, server.repo + "x", slipway.CodeNotFound, "there is no repository at ssh://"},
		"an option":     {func(*source.Config) {}, "--strict", slipway.CodeInvalid, "is not the path of a repository"},
		"a command":     {func(*source.Config) {}, server.repo + "'; id; '", slipway.CodeInvalid, "is not the path of a repository"},
		"upwards":       {func(*source.Config) {}, server.repo + "/../shop.git", slipway.CodeInvalid, "is not the path of a repository"},
		"too much":      {func(c *source.Config) { c.Limits.FetchBytes = 10 }, server.repo, slipway.CodeLimit, "sent more than is fetched"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			out, err := ask(with(c.change), c.path)
			checkError(t, err, c.code, c.sentence)
			if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Hint == "" || len(out) > 10 {
				t.Errorf("%v has no hint, or something was read: %q", err, out)
			}
		})
	}
}
