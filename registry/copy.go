package registry

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/slipway-ci/slipway"
)

// Copy pushes an image of this registry to another repository, and gives the
// image as it is named there. Layers go side by side; those that the other
// registry has are skipped or mounted. The manifest goes last, so what did
// not arrive whole has no name. To a REPO the image takes its own tag, or
// the next -rN that is free there; to a REPO:TAG it takes that one. A tag
// that names another digest is never moved: CodeForbidden.
func (r *Registry) Copy(ctx context.Context, img slipway.Image, to Remote) (slipway.Image, error) {
	target, err := to.target()
	if err != nil {
		return slipway.Image{}, err
	}
	from, err := r.Image(ctx, img)
	if err != nil {
		return slipway.Image{}, err
	}
	digest, err := from.Digest()
	if err != nil {
		return slipway.Image{}, explain(target, "be pushed", err)
	}
	options := to.options()
	if to.Transport == nil && target.RegistryStr() == r.client.registry.RegistryStr() {
		options = r.client.options
	}
	tag, err := place(ctx, target, img.Tag, digest, options)
	if err != nil {
		return slipway.Image{}, err
	}
	p, err := remote.NewPusher(options...)
	if err == nil {
		err = p.Push(ctx, tag, from)
	}
	if err != nil {
		return slipway.Image{}, explain(tag, "be pushed", err)
	}
	img.Repository, img.Tag, img.Digest = tag.Repository.Name(), tag.TagStr(), digest.String()
	return img, nil
}

// place finds the tag that the image takes: the first that is free or its own.
func place(ctx context.Context, target name.Tag, own string, digest v1.Hash, options []remote.Option) (name.Tag, error) {
	puller, err := remote.NewPuller(options...)
	if err != nil {
		return name.Tag{}, explain(target, "be pushed", err)
	}
	chosen := target.TagStr() != ""
	for n := range maxSameRevision {
		tag := target
		if !chosen {
			tag = target.Tag(numbered(own, n))
		}
		there, err := occupied(ctx, puller, tag)
		switch {
		case err != nil:
			return name.Tag{}, err
		case there == digest, there == v1.Hash{}:
			return tag, nil
		case chosen:
			return name.Tag{}, slipway.Errorf(slipway.CodeForbidden, "%s is another image (%s) already, and a tag is never moved", tag, there).
				WithHint("push to %s without a tag: the image then takes its own", target.Repository).WithClass(slipway.ClassRegistry)
		}
	}
	return name.Tag{}, slipway.Errorf(slipway.CodeUnavailable, "%s has %d images named %s", target.Repository, maxSameRevision, own)
}

// occupied gives the digest behind a tag. Some registries answer 403 for what
// is not there; whether pushing is allowed, the push will tell.
func occupied(ctx context.Context, p *remote.Puller, tag name.Tag) (v1.Hash, error) {
	d, err := p.Head(ctx, tag)
	if err == nil {
		return d.Digest, nil
	}
	if e, ok := errors.AsType[*transport.Error](err); ok && (e.StatusCode == http.StatusNotFound || e.StatusCode == http.StatusForbidden) {
		return v1.Hash{}, nil
	}
	return v1.Hash{}, explain(tag, "be pushed", err)
}

var numberedTag = regexp.MustCompile(`^(.+)-r([0-9]{1,6})$`)

// numbered gives the n-th tag (from 0) that follows tag: X, X-r2, X-r3; or
// X-r4, X-r5, X-r6.
func numbered(tag string, n int) string {
	if n == 0 {
		return tag
	}
	first := 1
	if m := numberedTag.FindStringSubmatch(tag); m != nil {
		tag = m[1]
		first, _ = strconv.Atoi(m[2]) // digits, and few
	}
	return tag + "-r" + strconv.Itoa(first+n)
}
