package slipway

import "time"

// Revision says what a tree of files is a state of: a commit, or a directory
// on a person's disk (Dirty), which cannot be shipped since nobody else can
// fetch it.
type Revision struct {
	SHA    string    // commit id, 40 hex digits; empty for a directory outside git
	Branch string    // short name; empty when detached or unknown
	Tag    string    // git tag that was asked for; empty otherwise
	Time   time.Time // the commit's committer time in UTC; zero outside git
	Source string    // repository URL without credentials; empty for a directory without a remote
	Dirty  bool      // a directory's working tree, not a commit
}

// String gives the value of the image label
// org.opencontainers.image.revision: SHA, SHA-dirty, or "dirty" outside git.
func (r Revision) String() string {
	switch {
	case !r.Dirty:
		return r.SHA
	case r.SHA == "":
		return "dirty"
	default:
		return r.SHA + "-dirty"
	}
}
