package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// manifest is what is read of an OCI image manifest.
type manifest struct {
	Config blob   `json:"config"`
	Layers []blob `json:"layers"`
}

type blob struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// manifest reads REPOSITORY's TAG or digest from the running registry.
func (l *lab) manifest(ctx context.Context, repository, ref string) (manifest, error) {
	var m manifest
	b, err := l.registryGet(ctx, "/v2/"+repository+"/manifests/"+ref)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("manifest of %s %s: %w", repository, ref, err)
	}
	if len(m.Layers) == 0 {
		return m, fmt.Errorf("%s %s is not a plain image", repository, ref)
	}
	return m, nil
}

// config reads the configuration of an image.
func (l *lab) config(ctx context.Context, repository, ref string) ([]byte, error) {
	m, err := l.manifest(ctx, repository, ref)
	if err != nil {
		return nil, err
	}
	return l.registryGet(ctx, "/v2/"+repository+"/blobs/"+m.Config.Digest)
}

func (l *lab) registryGet(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.up.Registry+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the registry answers %s to %s", resp.Status, path)
	}
	return io.ReadAll(io.LimitReader(resp.Body, 64<<20))
}
