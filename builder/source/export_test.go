package source

import (
	"bytes"
	"net/netip"
	"time"
)

// What foreign bytes are decoded by is not part of the API, and is fuzzed.

// Refuses is reach.refuses.
func Refuses(addr netip.Addr, private bool) string {
	if private {
		return reachPrivate.refuses(addr)
	}
	return reachPublic.refuses(addr)
}

// Netrc gives machine, user and password of each login.
func Netrc(data []byte) [][3]string {
	var list [][3]string
	for _, l := range parseNetrc(data) {
		list = append(list, [3]string{l.machine, l.user, l.password})
	}
	return list
}

// Submodule resolves a submodule's URL.
func Submodule(parent, text string) (string, error) {
	r, err := parseRemote(parent)
	if err != nil {
		return "", err
	}
	sub, err := r.submodule(text)
	return sub.String(), err
}

// StatRoundTrip decodes a stat cache and encodes it again.
func StatRoundTrip(data []byte) (entries int, again []byte) {
	c := decodeStat(data)
	return len(c), c.encode(time.Now())
}

// StatForge replaces every id in a stat cache.
func StatForge(data []byte, id [20]byte) []byte {
	c := decodeStat(data)
	for name, e := range c {
		e.id = id
		c[name] = e
	}
	return c.encode(time.Now().Add(time.Hour))
}

// Sizes decodes a file of remembered sizes.
func Sizes(data []byte) int { return len(decodeSizes(data)) }

// Refs decodes the output of git ls-remote.
func Refs(data []byte) int { return len(parseRefs(data)) }

// ReadRefs decodes the answer to ls-refs.
func ReadRefs(data []byte) (int, error) {
	refs, err := readRefs(bytes.NewReader(data))
	return len(refs), err
}

// Pointer reads an LFS pointer.
func Pointer(data []byte) (oid string, size int64, ok bool) {
	p, ok := parsePointer(data)
	return p.oid, p.size, ok
}

// Batch decodes the answer of an LFS server.
func Batch(data []byte) (int, error) {
	found, err := decodeBatch(data)
	return len(found), err
}

// BadName and BadLink are what is said about entries.
func BadName(name string) string { return badName(name) }

// BadLink is BadName's for targets.
func BadLink(text []byte) string { return badLink(text) }
