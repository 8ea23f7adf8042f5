package source

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// workRevision says what a working tree was made from. What cannot be read,
// such as a repository without a commit, is left empty: the files are what is
// built, whatever HEAD says.
func workRevision(top string, git bool) slipway.Revision {
	rev := slipway.Revision{Dirty: true}
	if !git {
		return rev
	}
	repo, err := openRepository(top)
	if err != nil {
		return rev
	}
	if conf, err := repo.Config(); err == nil {
		if origin := conf.Remotes["origin"]; origin != nil && len(origin.URLs) > 0 {
			if r, err := parseRemote(origin.URLs[0]); err == nil {
				rev.Source = r.String()
			}
		}
	}
	head, err := repo.Head()
	if err != nil {
		return rev
	}
	rev.SHA = head.Hash().String()
	if head.Name().IsBranch() {
		rev.Branch = head.Name().Short()
	}
	if c, err := repo.CommitObject(head.Hash()); err == nil {
		rev.Time = c.Committer.When.UTC().Truncate(time.Second)
	}
	return rev
}
