package assemble

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// works makes images, each after those it starts from.
type works struct {
	daemon daemon
	lock   *buildpacks.Lock
	in     *inputs
	images map[buildpacks.Target]*image // complete before the first is made
	free   chan struct{}                // has room for as many as are made at once
}

// image is one that is being made. made is read after done is closed.
type image struct {
	done chan struct{}
	made Made
}

// make gives the images of all jobs. The first failure ends the others.
func (w works) make(ctx context.Context, jobs []job) ([]Made, error) {
	for _, j := range jobs {
		w.images[j.target] = &image{done: make(chan struct{})}
	}
	group, making := errgroup.WithContext(ctx)
	for _, j := range jobs {
		group.Go(func() error {
			made, err := w.one(making, j)
			if err != nil {
				return err
			}
			w.images[j.target].made = made
			close(w.images[j.target].done)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := make([]Made, len(jobs))
	for i, j := range jobs {
		all[i] = w.images[j.target].made
	}
	return all, nil
}

func (w works) one(ctx context.Context, j job) (Made, error) {
	m := Made{Recipe: j.recipe.Name, Version: j.target.Version, Image: slipway.StackImage{Name: j.image}}
	if j.found != nil {
		m.Image.Digest, m.Reused = j.found.Digest, true
		return m, nil
	}
	from, err := w.parents(ctx, j)
	if err != nil {
		return m, err
	}
	contexts, err := w.in.contexts(j)
	if err != nil {
		return m, err
	}
	select {
	case w.free <- struct{}{}:
		defer func() { <-w.free }()
	case <-ctx.Done():
		return m, context.Cause(ctx)
	}
	start := time.Now()
	if m.Image.Digest, err = w.daemon.build(ctx, j, contexts, from); err != nil {
		return m, err
	}
	m.Took = time.Since(start)
	return m, w.lock.Record(j.image, buildpacks.Locked{Digest: m.Image.Digest, Recipe: j.fingerprint})
}

// parents waits for the images that one starts from, and gives their pinned
// references by the names of their recipes.
func (w works) parents(ctx context.Context, j job) (map[string]string, error) {
	references := map[string]string{}
	for _, p := range j.parents {
		parent := w.images[p.target]
		select {
		case <-parent.done:
			references[p.recipe.Name] = parent.made.Image.String()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return references, nil
}
