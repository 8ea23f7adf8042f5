package source

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/url"
	"path"
	"strings"
)

// String gives the URL without credentials: for people, for labels, for git.
func (r remote) String() string {
	if r.Scp {
		return r.User + "@" + r.Host + ":" + r.Path
	}
	u := url.URL{Scheme: r.Scheme, Host: r.authority(), RawPath: r.Path}
	u.Path, _ = url.PathUnescape(r.Path) // EscapedPath gave it
	if r.User != "" {
		u.User = url.User(r.User)
	}
	return u.String()
}

// authority is host[:port], the port only where it is not the scheme's.
func (r remote) authority() string {
	host := r.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.Port == map[string]string{"https": "443", "http": "80", "ssh": "22"}[r.Scheme] {
		return host
	}
	return host + ":" + r.Port
}

// address is what a fetch of this repository may connect to.
func (r remote) address() string { return net.JoinHostPort(r.Host, r.Port) }

// name identifies the repository in the mirrors' directory.
func (r remote) name() string {
	key := strings.TrimSuffix(strings.TrimRight(r.String(), "/"), ".git")
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// submodule resolves the URL of a .gitmodules entry as git does: one that
// begins with ./ or ../ is relative to the repository it was found in.
func (r remote) submodule(text string) (remote, error) {
	if !strings.HasPrefix(text, "./") && !strings.HasPrefix(text, "../") {
		sub, err := parseRemote(text)
		if err != nil {
			return remote{}, err
		}
		if sub.login == nil && sub.origin() == r.origin() {
			sub.login = r.login
		}
		return sub, nil
	}
	sub := r
	base := strings.TrimRight(r.Path, "/")
	for {
		if rest, ok := strings.CutPrefix(text, "./"); ok {
			text = rest
		} else if rest, ok := strings.CutPrefix(text, "../"); ok {
			parent := path.Dir(base)
			if base == "" || parent == base || parent == "." {
				return remote{}, usagef("the relative URL %q leaves the host's root", text)
			}
			text, base = rest, parent
		} else {
			break
		}
	}
	sub.Path = strings.TrimRight(base, "/") + "/" + (&url.URL{Path: text}).EscapedPath()
	if r.Scp {
		sub.Path = strings.TrimRight(base, "/") + "/" + text
	}
	_, err := parseRemote(sub.String())
	return sub, err
}

// origin is what credentials are bound to.
func (r remote) origin() string { return r.Scheme + "://" + r.address() }
