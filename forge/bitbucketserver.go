package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// BitbucketServer is Bitbucket Data Center.
type BitbucketServer struct{}

// Name is "bitbucket-server".
func (BitbucketServer) Name() string { return "bitbucket-server" }

// Verify checks X-Hub-Signature.
func (BitbucketServer) Verify(d Delivery, secrets []string, _ time.Time) error {
	return hexHMAC(d, "X-Hub-Signature", "sha256=", secrets)
}

// ID is that of the request.
func (BitbucketServer) ID(d Delivery) string { return idOf(d, "X-Request-Id") }

// Events reads repo:refs_changed, which tells of all refs of a push, and pull
// requests. diagnostics:ping, sent by the settings page, tells nothing.
func (f BitbucketServer) Events(d Delivery) ([]slipway.Event, error) {
	switch d.Header.Get("X-Event-Key") {
	case "repo:refs_changed", "mirror:repo_synchronized":
		return f.push(d)
	case "pr:opened", "pr:reopened":
		return f.pull(d, slipway.PullOpened)
	case "pr:from_ref_updated":
		return f.pull(d, slipway.PullUpdated)
	case "pr:merged", "pr:declined", "pr:deleted":
		return f.pull(d, slipway.PullClosed)
	}
	return nil, nil
}

type serverRepository struct {
	Slug    string
	Project struct{ Key string }
}

// name is PROJECT/REPOSITORY, "" for one that is not there.
func (r serverRepository) name() string {
	if r.Slug == "" {
		return ""
	}
	return r.Project.Key + "/" + r.Slug
}

type serverActor struct{ Name string }

func (f BitbucketServer) push(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		Actor      serverActor
		Repository serverRepository
		Changes    []struct {
			Ref              struct{ ID string }
			FromHash, ToHash string
		}
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	events := make([]slipway.Event, 0, len(p.Changes))
	for _, c := range p.Changes {
		e, err := moved(f.Name(), p.Repository.name(), c.Ref.ID, c.FromHash, c.ToHash, p.Actor.Name)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func (f BitbucketServer) pull(d Delivery, action slipway.PullAction) ([]slipway.Event, error) {
	type end struct {
		DisplayID    string
		LatestCommit string
		Repository   serverRepository
	}
	p, err := decode[struct {
		Actor serverActor
		Pull  struct {
			ID             int
			Title          string
			FromRef, ToRef end
		} `json:"pullRequest"`
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	from, to := p.Pull.FromRef, p.Pull.ToRef
	pull := slipway.PullRequest{Number: p.Pull.ID, Action: action, Branch: from.DisplayID, Source: from.Repository.name(), Title: shorten(p.Pull.Title)}
	return pulled(f.Name(), to.Repository.name(), to.DisplayID, from.LatestCommit, p.Actor.Name, pull)
}
