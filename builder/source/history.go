package source

import (
	"context"
	"errors"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/slipway-ci/slipway"
)

// errBehind says that a commit is to be looked for behind a reference, in the
// history that a shallow mirror does not have.
var errBehind = errors.New("the commit is not given by its id, and its reference has moved on")

// history fetches a reference with all that is behind it, from servers that
// give no commit by its id: git over ssh where the server does not accept
// protocol version 2. It costs the reference's whole history once, within the
// limits of a fetch, and what is new each time after; in a mirror of its own,
// since depths must not mix.
type history struct{ *systemGit }

func (history) kind() string { return "git-history" }

func (h history) fetch(ctx context.Context, a *access, m *mirror, w wanted) error {
	if err := h.fetchSpec(ctx, a, m, "+"+w.Behind+":refs/slipway/tip"); err != nil {
		return err
	}
	o := &objects{mirror: m, storage: m.storage()}
	_, err := o.commit(plumbing.NewHash(w.SHA))
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return slipway.Errorf(slipway.CodeNotFound, "the commit %s is not behind %s any more, and %s gives none by its id", w.SHA, w.Behind, a.remote.Host).
			WithHint("build what %s has now; a server that is to give such commits accepts GIT_PROTOCOL over ssh (AcceptEnv GIT_PROTOCOL), or has uploadpack.allowAnySHA1InWant", w.Behind)
	}
	if err != nil {
		return err
	}
	return m.keep(w.SHA)
}
