package solve

import (
	"context"

	gateway "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
)

// configs reads the configurations of the stack's two images through the
// daemon, so that its mirrors and credentials apply.
func configs(ctx context.Context, gw gateway.Client, stack slipway.Stack) (build, run []byte, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { build, err = config(ctx, gw, stack.Build); return err })
	group.Go(func() (err error) { run, err = config(ctx, gw, stack.Run); return err })
	err = group.Wait()
	return build, run, err
}

func config(ctx context.Context, gw gateway.Client, image slipway.StackImage) ([]byte, error) {
	_, _, raw, err := gw.ResolveImageConfig(ctx, image.String(), sourceresolver.Opt{
		LogName:  "[stack] " + image.Name,
		ImageOpt: &sourceresolver.ResolveImageOpt{ResolveMode: "local"},
	})
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
