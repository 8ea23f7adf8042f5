package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// origins opens commits for the builds of a server. Each connection has
// mirrors of its own and nothing but its own credential: neither the keys nor
// the logins of the user who runs the server are any team's.
type origins struct{ platform *platform }

// originTree is the tree of a commit that is known by its ref.
type originTree struct {
	*source.Tree
	ref   string
	clean func() error
}

// Revision is the tree's, with the branch or the tag that it was built for: a
// commit by itself is of none.
func (t *originTree) Revision() slipway.Revision {
	r := t.Tree.Revision()
	r.Branch, _ = strings.CutPrefix(t.ref, "refs/heads/")
	r.Tag = ""
	if tag, ok := strings.CutPrefix(t.ref, "refs/tags/"); ok {
		r.Branch, r.Tag = "", tag
	}
	return r
}

// Close ends the reading and removes what was written for it.
func (t *originTree) Close() error { return errors.Join(t.Tree.Close(), t.clean()) }

func (o *origins) open(ctx context.Context, origin slipway.Origin) (*originTree, error) {
	config, address, clean, err := o.access(origin)
	if err != nil {
		return nil, err
	}
	at := source.Location{URL: address, Ref: origin.Ref}
	if origin.Commit != "" {
		at.Ref, at.Behind = origin.Commit, origin.Ref
	}
	tree, err := source.New(config).Open(ctx, at)
	if err != nil {
		return nil, errors.Join(err, clean())
	}
	return &originTree{Tree: tree, ref: origin.Ref, clean: clean}, nil
}

// heads gives where each branch of a repository stands now, by its ref, and
// the ref of the default one.
func (o *origins) heads(ctx context.Context, origin slipway.Origin) (all map[string]string, def string, err error) {
	config, address, clean, err := o.access(origin)
	if err != nil {
		return nil, "", err
	}
	all, def, err = source.New(config).Heads(ctx, address)
	return all, def, errors.Join(err, clean())
}

// head gives where one branch stands now; "" when it is not there.
func (o *origins) head(ctx context.Context, origin slipway.Origin) (commit string, err error) {
	config, address, clean, err := o.access(origin)
	if err != nil {
		return "", err
	}
	commit, err = source.New(config).Head(ctx, address, origin.Ref)
	return commit, errors.Join(err, clean())
}

// access is the way to a repository; clean ends it.
func (o *origins) access(origin slipway.Origin) (c source.Config, address string, clean func() error, err error) {
	if address, err = withLogin(origin.URL, origin.Credential); err != nil {
		return c, "", nil, err
	}
	c = o.platform.app.sourceConfig(o.platform.dir, o.platform.settings)
	c.Mirrors = o.platform.dir.join("mirrors", "connection-"+strconv.FormatInt(origin.Connection, 10))
	c.SSHAgent, c.Netrc = "", nil
	clean, err = o.keys(&c, origin.Credential)
	return c, address, clean, err
}

// keys writes what ssh reads from files, for as long as the tree is open: a
// submodule may be fetched late.
func (o *origins) keys(c *source.Config, credential slipway.Credential) (clean func() error, err error) {
	parent := o.platform.dir.join("run")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be made", parent).Because(err)
	}
	dir, err := os.MkdirTemp(parent, "keys-")
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "there is no place for a key in %s", parent).Because(err)
	}
	clean = func() error { return os.RemoveAll(dir) }
	for _, f := range []struct {
		text string
		path *string
		name string
	}{{credential.SSHKey, &c.SSHKey, "key"}, {credential.KnownHosts, &c.KnownHosts, "known_hosts"}} {
		if f.text == "" {
			continue
		}
		*f.path = dir + "/" + f.name
		if err := os.WriteFile(*f.path, []byte(strings.TrimRight(f.text, "\n")+"\n"), 0o600); err != nil {
			return nil, errors.Join(slipway.Errorf(slipway.CodeUnavailable, "a key cannot be written to %s", dir).Because(err), clean())
		}
	}
	return clean, nil
}

// withLogin puts a password into a URL, where source takes it from; it is
// bound to the URL's scheme and host there.
func withLogin(address string, c slipway.Credential) (string, error) {
	if c.Password == "" {
		return address, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", slipway.Errorf(slipway.CodeUsage, "a password opens no repository at %s", address).
			WithHint("give the connection an ssh key, or an https URL")
	}
	user := c.User
	if user == "" {
		user = "slipway" // forges that take tokens look at the password alone
	}
	u.User = url.UserPassword(user, c.Password)
	return u.String(), nil
}

// sweepKeys removes what a killed process left of keys.
func (d *dataDir) sweepKeys() {
	left, _ := filepath.Glob(d.join("run", "keys-*")) // the pattern is sound
	for _, dir := range left {
		_ = os.RemoveAll(dir)
	}
}
