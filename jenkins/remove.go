package jenkins

import (
	"context"

	"github.com/slipway-ci/slipway"
)

// Remove removes a job that carries our Mark, and the folders that were made
// for it if nothing else is in them. One that is not there is a success, one
// that is somebody else's is CodeConflict.
func (c *Client) Remove(ctx context.Context, job string) error {
	c.places.Lock()
	defer c.places.Unlock()
	config, err := c.Config(ctx, job)
	switch {
	case slipway.ErrorCode(err) == slipway.CodeNotFound:
		return nil
	case err != nil:
		return err
	case !Ours(config):
		return foreign(job)
	}
	if err := c.delete(ctx, job); err != nil {
		return err
	}
	c.mu.Lock()
	delete(c.settled, job)
	c.mu.Unlock()
	for folder, _ := split(job); folder != ""; folder, _ = split(folder) {
		gone, err := c.removeFolder(ctx, folder)
		if err != nil || !gone {
			return err
		}
	}
	return nil
}

// removeFolder removes a folder that was made here and is empty. It tells
// whether it is gone. One that we may not look into stays.
func (c *Client) removeFolder(ctx context.Context, folder string) (bool, error) {
	config, err := c.Config(ctx, folder)
	switch code := slipway.ErrorCode(err); {
	case code == slipway.CodeNotFound:
		return true, nil
	case code == slipway.CodeForbidden:
		return false, nil
	case err != nil:
		return false, err
	case !ourFolder(config):
		return false, nil
	}
	jobs, err := c.Jobs(ctx, folder)
	if err != nil || len(jobs) > 0 {
		return false, err
	}
	err = c.delete(ctx, folder)
	if slipway.ErrorCode(err) == slipway.CodeForbidden {
		return false, nil
	}
	return err == nil, err
}

func (c *Client) delete(ctx context.Context, job string) error {
	path, err := jobPath(job)
	if err != nil {
		return err
	}
	_, err = c.requester.post(ctx, call{path: path + "/doDelete", kind: formKind})
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return nil
	}
	return err
}
