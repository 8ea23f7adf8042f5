package slipway

// Image is the result of a Build: a content image, stamped.
type Image struct {
	Service    ServiceName `json:"service"`
	Repository string      `json:"repository"` // registry host and path, without tag
	Tag        string      `json:"tag"`        // the immutable tag
	Digest     string      `json:"digest"`     // of the stamped manifest, "sha256:…"
	Content    string      `json:"content"`    // digest of the content image's manifest
	Key        BuildKey    `json:"key"`
	MadeBy     int64       `json:"madeBy,omitempty"` // Build that made the content of one that was known; 0 unknown
}

// String gives REPOSITORY:TAG@DIGEST, which every container tool accepts.
func (i Image) String() string { return i.Repository + ":" + i.Tag + "@" + i.Digest }
