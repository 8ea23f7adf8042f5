package assemble

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// npm asks an npm registry where the tarball of a package's version is, and,
// where the recipe does not pin it, what its digest is.
func (c *registryClient) npm(ctx context.Context, d buildpacks.Download) (located, error) {
	at := strings.LastIndex(d.Npm, "@")
	if at <= 0 {
		return located{}, fmt.Errorf("%q is no npm package with a version", d.Npm)
	}
	address := c.registries.npm + "/" + url.PathEscape(d.Npm[:at]) + "/" + url.PathEscape(d.Npm[at+1:])
	data, _, err := c.read(ctx, address, "application/json")
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return located{}, slipway.Errorf(slipway.CodeNotFound, "the configured npm registry has no %s", d.Npm).
			WithHint("see whether there is such a release, and which registry the settings name").Because(err)
	}
	if err != nil {
		return located{}, err
	}
	file, err := parseNpm(data)
	if err != nil {
		return located{}, slipway.Errorf(slipway.CodeUnavailable, "what the configured npm registry says of %s cannot be read", d.Npm).
			WithClass(slipway.ClassRegistry).Because(err)
	}
	if d.Digest != "" {
		file.digest = d.Digest
	}
	return file, nil
}

// parseNpm reads the description of one version of an npm package.
func parseNpm(data []byte) (located, error) {
	var version struct {
		Dist struct{ Tarball, Integrity string }
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return located{}, err
	}
	if u, err := url.Parse(version.Dist.Tarball); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return located{}, fmt.Errorf("its tarball is at %q", version.Dist.Tarball)
	}
	for one := range strings.FieldsSeq(version.Dist.Integrity) {
		encoded, ok := strings.CutPrefix(one, "sha512-")
		sum, err := base64.StdEncoding.DecodeString(encoded)
		if ok && err == nil && len(sum) == 64 {
			return located{url: version.Dist.Tarball, digest: "sha512:" + hex.EncodeToString(sum)}, nil
		}
	}
	return located{}, fmt.Errorf("its integrity is %q, wanted a sha512", version.Dist.Integrity)
}
