package solve

import (
	"github.com/containerd/containerd/v2/core/content"
	"github.com/moby/buildkit/client"
)

// Target says where the content image goes: to a registry that the daemon
// reaches, or, blob by blob and only those it lacks, into a content store on
// this side of the session.
type Target struct {
	Push  string        // reference with tag
	Store content.Store // when Push is empty
}

// export uses one compression everywhere: BuildKit keeps the first blob that
// it made of a layer whatever it is asked for later, so a second setting
// would make digests depend on a daemon's past (BuildKit v0.34.2, seen).
func (t Target) export() client.ExportEntry {
	attrs := map[string]string{
		"oci-mediatypes":    "true",
		"compression":       "gzip",
		"compression-level": "1",
	}
	if t.Push == "" {
		attrs["tar"] = "false"
		return client.ExportEntry{Type: client.ExporterOCI, Attrs: attrs, OutputStore: t.Store}
	}
	attrs["name"] = t.Push
	attrs["push"] = "true"
	return client.ExportEntry{Type: client.ExporterImage, Attrs: attrs}
}
