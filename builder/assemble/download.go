package assemble

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// parallel is how many files are downloaded at once.
const parallel = 8

// downloadsName is what the cache calls a job's downloads: other files or
// other digests are another name.
func downloadsName(j job) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", j.downloads))
	return fmt.Sprintf("downloads-%s-%x", j.recipe.Name, sum[:6])
}

// fetchDownloads gets the files of a job from package registries into dir,
// each verified by its digest. clients has the packages of the languages'
// clients; it is "" when the settings name every registry.
func (f fetcher) fetchDownloads(ctx context.Context, j job, clients, dir string) error {
	var known registries
	if clients != "" {
		var err error
		if known, err = f.builtIn(ctx, clients); err != nil {
			return err
		}
	}
	client, err := newRegistryClient(f.settings, known)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, d := range j.downloads {
		group.Go(func() error {
			from, err := client.locate(ctx, d)
			if err != nil {
				return err
			}
			return client.download(ctx, from, filepath.Join(dir, d.Name))
		})
	}
	return group.Wait()
}

// located is a file of a package registry.
type located struct {
	url    string
	digest string // "sha256:…" or "sha512:…", hex
}

// locate finds where the registries have a file.
func (c *registryClient) locate(ctx context.Context, d buildpacks.Download) (located, error) {
	switch {
	case d.Npm != "":
		return c.npm(ctx, d)
	case d.Wheel != "":
		return c.wheel(ctx, d)
	}
	return located{url: c.registries.maven + "/" + d.Maven, digest: d.Digest}, nil
}

// download gets a file, going on where a broken answer ended, and removes it
// when it is not what its digest says.
func (c *registryClient) download(ctx context.Context, from located, path string) error {
	sum, err := hasher(from)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // what was written is read again below
	for try := 1; ; try++ {
		err = c.append(ctx, from.url, file)
		if err == nil || try == tries || ctx.Err() != nil || slipway.ErrorCode(err) != slipway.CodeUnavailable {
			break
		}
	}
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); !strings.HasSuffix(from.digest, ":"+got) {
		return slipway.Errorf(slipway.CodeUnavailable, "%s is not the file that it should be", printable(from.url)).
			WithClass(slipway.ClassRegistry).WithHint("its mirror gives something else under this name; ask who runs it").
			WithDetails("wanted "+from.digest, "got "+from.digest[:strings.Index(from.digest, ":")+1]+got)
	}
	return nil
}

// append gets what a file lacks of what is at a URL. A server that does not
// know ranges sends all of it, and the file begins again.
func (c *registryClient) append(ctx context.Context, url string, file *os.File) error {
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	header := http.Header{}
	if have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	response, err := c.get(ctx, url, header)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	if have > 0 && response.StatusCode != http.StatusPartialContent {
		if err := file.Truncate(0); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	_, err = io.Copy(file, io.LimitReader(response.Body, maxDownload))
	if err != nil && ctx.Err() == nil {
		return unreachable(url, err)
	}
	return errors.Join(err, ctx.Err())
}

func hasher(from located) (hash.Hash, error) {
	algorithm, _, _ := strings.Cut(from.digest, ":")
	switch algorithm {
	case "sha256":
		return sha256.New(), nil
	case "sha512":
		return sha512.New(), nil
	}
	return nil, fmt.Errorf("%s has no digest that can be verified: %q", printable(from.url), from.digest)
}
