package jenkins

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"

	"github.com/bndr/gojenkins"

	"github.com/slipway-ci/slipway"
)

// settled is a configuration that was posted, and what Jenkins made of it.
type settled struct{ posted, made [sha256.Size]byte }

// Config gives a job's config.xml.
func (c *Client) Config(ctx context.Context, job string) ([]byte, error) {
	path, err := jobPath(job)
	if err != nil {
		return nil, err
	}
	config, err := c.job(path).GetConfig(ctx)
	return []byte(config), err
}

// Parameters lists the names of the parameters that a job takes.
func (c *Client) Parameters(ctx context.Context, job string) ([]string, error) {
	path, err := jobPath(job)
	if err != nil {
		return nil, err
	}
	defined, err := c.job(path).GetParameters(ctx)
	names := []string{}
	for _, d := range defined {
		if !slices.Contains(names, d.Name) { // a Hudson names each of them twice
			names = append(names, d.Name)
		}
	}
	return names, err
}

// Provision makes a job what config says, with the folders that it is in, and
// tells whether anything had to be posted. A job that is so already is left
// alone, since Jenkins makes much of every new configuration. One that does
// not carry our Mark is somebody else's, and one of another kind cannot be
// changed into ours: CodeConflict.
func (c *Client) Provision(ctx context.Context, job string, config []byte) (changed bool, err error) {
	if !Ours(config) {
		return false, slipway.Errorf(slipway.CodeUsage, "the configuration for the Jenkins job %s does not carry the mark of Slipway", job)
	}
	there, err := c.Config(ctx, job)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		refused := c.makeJob(ctx, job, config)
		if statusOf(refused) != http.StatusBadRequest {
			return c.posted(ctx, job, config, refused)
		}
		if there, err = c.Config(ctx, job); err != nil {
			return false, refused
		} // somebody made it at the same time
	}
	switch {
	case err != nil:
		return false, err
	case !Ours(there):
		return false, foreign(job)
	case !sameKind(config, there):
		return false, slipway.Errorf(slipway.CodeConflict, "the Jenkins job %s is of another kind than the one that shows builds now, and Jenkins makes none of the other", job).
			WithHint("remove it in Jenkins, with its runs, and the next build makes it anew; or give the controller another folder")
	case same(config, there) || c.isSettled(job, config, there):
		return false, nil
	}
	return c.posted(ctx, job, config, c.updateJob(ctx, job, config))
}

// posted is what Provision says after it posted a configuration.
func (c *Client) posted(ctx context.Context, job string, config []byte, err error) (changed bool, _ error) {
	if err != nil {
		return false, err
	}
	c.settle(ctx, job, config)
	return true, nil
}

func foreign(job string) error {
	return slipway.Errorf(slipway.CodeConflict, "the Jenkins job %s is there already and was not made by Slipway", job).
		WithHint("rename or remove it, or give the controller another folder")
}

func (c *Client) updateJob(ctx context.Context, job string, config []byte) error {
	path, err := jobPath(job)
	if err != nil {
		return err
	}
	return c.job(path).UpdateConfig(ctx, string(config))
}

// settle remembers what Jenkins made of a configuration. Where that is
// something else than what we would call the same, it is not posted again for
// it as long as neither changes.
func (c *Client) settle(ctx context.Context, job string, config []byte) {
	made, err := c.Config(ctx, job)
	if err != nil || same(config, made) {
		return // it is compared again the next time
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settled[job] = settled{sha256.Sum256(config), sha256.Sum256(made)}
}

func (c *Client) isSettled(job string, config, there []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settled[job] == settled{sha256.Sum256(config), sha256.Sum256(there)}
}

// makeJob makes a job, and first the folders that it is in if they are
// missing.
func (c *Client) makeJob(ctx context.Context, job string, config []byte) error {
	c.places.Lock()
	defer c.places.Unlock()
	err := c.make(ctx, job, config)
	folder, _ := split(job)
	if folder == "" || slipway.ErrorCode(err) != slipway.CodeNotFound {
		return err
	}
	if err := c.makeFolder(ctx, folder); err != nil {
		return err
	}
	err = c.make(ctx, job, config)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return slipway.Errorf(slipway.CodeConflict, "%s in Jenkins is not a folder that a job can be made in", folder).Because(err)
	}
	return err
}

const folderConfig = `<?xml version='1.0' encoding='UTF-8'?>
<com.cloudbees.hudson.plugins.folder.Folder><description>` + folderMark + `</description></com.cloudbees.hudson.plugins.folder.Folder>
`

// makeFolder makes a folder and what it is in, as far as they are missing.
func (c *Client) makeFolder(ctx context.Context, folder string) error {
	path, err := jobPath(folder)
	if err != nil {
		return err
	}
	if a, err := c.requester.get(ctx, path+"/api/json", url.Values{"tree": {"_class"}}, maxRefusal); a.status == http.StatusOK || slipway.ErrorCode(err) != slipway.CodeNotFound {
		return err
	}
	if above, _ := split(folder); above != "" {
		if err := c.makeFolder(ctx, above); err != nil {
			return err
		}
	}
	err = c.make(ctx, folder, []byte(folderConfig))
	if status := statusOf(err); status == http.StatusBadRequest || status == http.StatusInternalServerError {
		return slipway.Errorf(slipway.CodeInvalid, "the Jenkins at %s does not make the folder %s", c.requester.at, folder).
			Because(err).WithHint("the Folders plugin has to be installed")
	}
	return err
}

// make posts a new item.
func (c *Client) make(ctx context.Context, job string, config []byte) error {
	path, err := jobPath(job)
	if err != nil {
		return err
	}
	_, name := split(job)
	item := &gojenkins.Job{Jenkins: c.api, Raw: new(gojenkins.JobResponse), Base: path}
	_, err = item.Create(ctx, string(config), map[string]string{"name": name})
	return err
}
