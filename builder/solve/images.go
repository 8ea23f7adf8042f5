package solve

import (
	"context"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
)

// configs reads the configurations of the stack's two images through the
// daemon, so that its mirrors and credentials apply.
func configs(ctx context.Context, gw gateway.Client, stack slipway.Stack, store string) (build, run []byte, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { build, err = config(ctx, gw, stack.Build, store); return err })
	group.Go(func() (err error) { run, err = config(ctx, gw, stack.Run, store); return err })
	err = group.Wait()
	return build, run, err
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
