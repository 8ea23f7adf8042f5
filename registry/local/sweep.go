package local

import (
	"context"
	"regexp"
	"strings"

	"github.com/distribution/distribution/v3/registry/storage/driver"
	"github.com/opencontainers/go-digest"
)

// digestPath finds the digest that a path of the storage layout is about:
// blobs/sha256/ab/HEX, _layers/sha256/HEX/link, revisions/sha256/HEX.
var digestPath = regexp.MustCompile(`/([a-z0-9]+)/(?:[0-9a-f]{2}/)?([0-9a-f]{64,128})(?:/link)?$`)

// sweep is the storage as the collector sees it: it deletes nothing that is
// leased and counts the rest.
type sweep struct {
	driver.StorageDriver
	kept   held
	dry    bool // count only
	report *Report
}

// Delete removes a path of the collector's choice.
func (s *sweep) Delete(ctx context.Context, path string) error {
	if m := digestPath.FindStringSubmatch(path); m != nil {
		if s.kept.has(digest.NewDigestFromEncoded(digest.Algorithm(m[1]), m[2])) {
			return nil
		}
	}
	switch {
	case strings.Contains(path, "/v2/blobs/"):
		if info, err := s.Stat(ctx, path+"/data"); err == nil {
			s.report.Bytes += info.Size()
		}
		s.report.Blobs++
	case strings.Contains(path, "/_manifests/revisions/"):
		s.report.Manifests++
	}
	if s.dry {
		return nil
	}
	return absent(s.StorageDriver.Delete(ctx, path))
}
