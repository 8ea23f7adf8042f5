package source

import (
	"context"
	"net/url"
)

// fetcher moves objects from a server into a mirror. Both methods run in a
// child process and reach the server through access.gate alone. Errors are
// Errors for people, or failures that explain turns into such.
type fetcher interface {
	// kind names the mirrors of this fetcher: depths must not mix in one.
	kind() string
	// refs lists the server's references; with a short name, at least those
	// that it can mean.
	refs(ctx context.Context, a *access, short string) ([]ref, error)
	// fetch brings a commit into the mirror, with its whole tree.
	fetch(ctx context.Context, a *access, m *mirror, w wanted) error
}

// wanted is what to fetch: a commit, and the reference it was found behind
// for servers that give no commit by its id.
type wanted struct {
	SHA  string // of a commit or an annotated tag
	Name string // full name; "" when it was asked for by id
	// Behind is the full name of a reference that is said to have a commit that
	// was asked for by id: it leads there, or did.
	Behind string
}

// access is a repository and the way to it, for one Open.
type access struct {
	remote remote
	gate   *gate // nil for ssh
	login  *url.Userinfo
	ca     []byte
	pinned string // ssh: the address that was judged
}
