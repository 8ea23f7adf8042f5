package registry

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// putWhole writes a small blob with one request (the OCI distribution
// specification's "single POST"), for a registry that is known to take it, and
// nobody to log in to. go-containerregistry asks whether it is there, begins an
// upload, sends it and completes it, and its registry keeps each on disk.
func (c client) putWhole(ctx context.Context, repo name.Repository, data []byte) error {
	u := url.URL{
		Scheme: repo.Scheme(), Host: repo.RegistryStr(), Path: "/v2/" + repo.RepositoryStr() + "/blobs/uploads/",
		RawQuery: url.Values{"digest": {digestOf(data).String()}}.Encode(),
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := c.whole.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing more is asked of it
	return transport.CheckError(resp, http.StatusCreated)
}
