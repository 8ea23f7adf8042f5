package registry

import "context"

// Ping asks the registry for something that is not there, where everybody who
// may read anything may read; the answer shows that it works.
func (r *Registry) Ping(ctx context.Context) error {
	_, err := r.head(ctx, r.client.registry.Repo("stacks", "probe").Tag("is-anybody-there"))
	return err
}
