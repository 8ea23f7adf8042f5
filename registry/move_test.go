package registry_test

import (
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
)

func TestRegistry_Move(t *testing.T) {
	t.Parallel()
	f := open(t)
	for n, again := range []bool{false, false, true} {
		_, content := f.push(t, cart, key(n))
		img, err := f.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: content, Revision: revision(), Key: key(n)})
		if err != nil {
			t.Fatal(err)
		}
		for range map[bool]int{false: 1, true: 2}[again] { // moving twice is moving once
			if err := f.Move(t.Context(), img, "main"); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.behind(t, "main"); got != img.Digest {
			t.Errorf("main is %s, want %s", got, img.Digest)
		}
		if got := f.behind(t, img.Tag); got != img.Digest {
			t.Errorf("the tag %s, which never moves, is %s, want %s", img.Tag, got, img.Digest)
		}
	}
	gone := slipway.Image{Service: cart, Digest: "sha256:" + string(key(9))}
	if err := f.Move(t.Context(), gone, "main"); slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Errorf("an image that is not there: %v, want not_found", err)
	}
}

// behind gives the digest that a tag names.
func (f fixture) behind(t *testing.T, tag string) string {
	t.Helper()
	ref, err := name.NewTag(host+"/"+cart.String()+":"+tag, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	d, err := remote.Head(ref, remote.WithTransport(f.counted), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return d.Digest.String()
}
