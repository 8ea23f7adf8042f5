package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// ownKeys are those of whoever runs `slipway build`: the agent's and the
// user's own, as for fetching the repository itself.
type ownKeys struct{ platform *platform }

// UploadPack implements solve.Repositories.
func (k ownKeys) UploadPack(ctx context.Context, r slipway.SSHRepository, protocol string, in io.Reader, out io.Writer) error {
	return source.New(k.platform.app.sourceConfig(k.platform.dir, k.platform.settings)).UploadPack(ctx, r, protocol, in, out)
}

// Rewrites implements builder.Keys.
func (k ownKeys) Rewrites(ctx context.Context) []slipway.GitRewrite { return gitRewrites(ctx) }

// connectionKeys are a connection's own key, for what the connection names of its
// own host, while one of its builds is at work. The keys of the user who runs the server are nobody's.
type connectionKeys struct {
	origins *origins
	origin  slipway.Origin
}

// UploadPack implements solve.Repositories. The key is in a file for as long as
// it is used.
func (k connectionKeys) UploadPack(ctx context.Context, r slipway.SSHRepository, protocol string, in io.Reader, out io.Writer) error {
	own, ok := k.host()
	if !ok || r.Authority() != own.Authority() {
		about := "the connection has no ssh key"
		if ok {
			about = "the connection's ssh key is for " + own.Authority()
		}
		return slipway.Errorf(slipway.CodeForbidden, "this build has no key for %s: %s", r.Authority(), about).
			WithHint("give the connection an ssh URL and a key that reads %s, too; or name it by https, with credentials in the netrc of the machine that builds", r.Name())
	}
	if !k.origin.MayRead(r) {
		return slipway.Errorf(slipway.CodeForbidden, "builds of connection %d may not read %s", k.origin.Connection, r.Name()).
			WithHint("a maintainer of the team lets them: slipway connection set %d --reads %s (all of them, what is said there before included)", k.origin.Connection, strings.TrimPrefix(r.Name(), r.Authority()+"/"))
	}
	config, _, clean, err := k.origins.access(k.origin)
	if err != nil {
		return err
	}
	config.Private = append(slices.Clip(config.Private), own.Host) // the operator named it with the connection
	err = source.New(config).UploadPack(ctx, r, protocol, in, out)
	return errors.Join(err, clean())
}

// Rewrites implements builder.Keys.
func (k connectionKeys) Rewrites(ctx context.Context) []slipway.GitRewrite {
	own, ok := k.host()
	if !ok {
		return nil
	}
	return slices.DeleteFunc(gitRewrites(ctx), func(r slipway.GitRewrite) bool {
		to, err := slipway.ParseSSHRepository(r.To + "x")
		return err != nil || to.Authority() != own.Authority()
	})
}

// host is where the connection's key opens something.
func (k connectionKeys) host() (slipway.SSHRepository, bool) {
	r, err := slipway.ParseSSHRepository(k.origin.URL)
	return r, err == nil && k.origin.Credential.SSHKey != ""
}

// gitRewrites are what this machine's git, the user's and the system's, reads
// over ssh in place of something else; none where git is not, or says nothing.
func gitRewrites(ctx context.Context) []slipway.GitRewrite {
	cmd := exec.CommandContext(ctx, "git", "config", "--null", "--get-regexp", `^url\..*\.insteadof$`)
	cmd.Dir = "/" // no repository's
	said, err := cmd.Output()
	if err != nil {
		return nil
	}
	return parseRewrites(said)
}

func parseRewrites(said []byte) []slipway.GitRewrite {
	var found []slipway.GitRewrite
	for entry := range bytes.SplitSeq(said, []byte{0}) {
		key, from, ok := strings.Cut(string(entry), "\n")
		to := strings.TrimSuffix(strings.TrimPrefix(key, "url."), ".insteadof")
		if !ok || from == "" {
			continue
		}
		if _, err := slipway.ParseSSHRepository(to + "x"); err == nil {
			found = append(found, slipway.GitRewrite{From: from, To: to})
		}
	}
	return found
}
