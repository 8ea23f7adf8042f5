package solve

import (
	"context"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
)

// read are the configurations of a stack's images, OCI JSON.
type read struct {
	build, run []byte
	parts      map[slipway.Language][]byte
}

// configs reads them all at once through the daemon, so that its mirrors and
// credentials apply.
func configs(ctx context.Context, gw gateway.Client, stack slipway.Stack, store string) (read, error) {
	images := stack.Images()
	raw := make([][]byte, len(images))
	group, ctx := errgroup.WithContext(ctx)
	for i, image := range images {
		group.Go(func() (err error) { raw[i], err = config(ctx, gw, image, store); return err })
	}
	if err := group.Wait(); err != nil {
		return read{}, err
	}
	r := read{build: raw[0], run: raw[len(raw)-1], parts: map[slipway.Language][]byte{}}
	for i, part := range stack.Parts {
		r.parts[part.Language] = raw[i+1]
	}
	return r, nil
}

func config(ctx context.Context, gw gateway.Client, image slipway.StackImage, store string) ([]byte, error) {
	opt := sourceresolver.Opt{LogName: "[stack] " + image.Name}
	if store == "" {
		opt.ImageOpt = &sourceresolver.ResolveImageOpt{ResolveMode: "local"}
	} else {
		opt.OCILayoutOpt = &sourceresolver.ResolveOCILayoutOpt{
			Store: sourceresolver.ResolveImageConfigOptStore{SessionID: gw.BuildOpts().SessionID, StoreID: store},
		}
	}
	_, _, raw, err := gw.ResolveImageConfig(ctx, image.String(), opt)
	if err != nil {
		return nil, &imageError{image: image, err: err}
	}
	return raw, nil
}

// imageError marks a failure to read a stack image.
type imageError struct {
	image slipway.StackImage
	err   error
}

func (e *imageError) Error() string { return e.image.String() + ": " + e.err.Error() }
func (e *imageError) Unwrap() error { return e.err }
