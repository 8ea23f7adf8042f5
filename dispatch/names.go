package dispatch

import (
	"fmt"
	"strings"

	"github.com/slipway-ci/slipway"
)

func join(connection int64, ref string, number int64) string {
	return fmt.Sprintf("%d %s %d", connection, ref, number)
}

// fetchRef is the ref that a forge serves a pull request's head at; "" where
// it serves none, and then the commit alone has to do.
func fetchRef(forge string, number int) string {
	switch forge {
	case "github", "gitea", "gogs":
		return fmt.Sprintf("refs/pull/%d/head", number)
	case "gitlab":
		return fmt.Sprintf("refs/merge-requests/%d/head", number)
	case "bitbucket-server":
		return fmt.Sprintf("refs/pull-requests/%d/from", number)
	}
	return ""
}

// revisionOf is what a build's image says of its commit, whatever the worker
// says: a pull request's never has the name of a branch.
func revisionOf(b slipway.Build, c slipway.Connection, said slipway.Revision) slipway.Revision {
	r := slipway.Revision{SHA: b.Commit, Time: said.Time, Source: c.URL}
	switch {
	case b.Pull != 0:
		r.Branch = fmt.Sprintf("pull-%d", b.Pull)
	case strings.HasPrefix(b.Ref, "refs/tags/"):
		r.Tag = strings.TrimPrefix(b.Ref, "refs/tags/")
	default:
		r.Branch = strings.TrimPrefix(b.Ref, "refs/heads/")
	}
	return r
}
