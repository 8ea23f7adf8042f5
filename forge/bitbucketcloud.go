package forge

import (
	"cmp"
	"time"

	"github.com/slipway-ci/slipway"
)

// BitbucketCloud is bitbucket.org.
type BitbucketCloud struct{}

// Name is "bitbucket".
func (BitbucketCloud) Name() string { return "bitbucket" }

// Verify checks X-Hub-Signature, which is there when the webhook has a secret.
func (BitbucketCloud) Verify(d Delivery, secrets []string, _ time.Time) error {
	return hexHMAC(d, "X-Hub-Signature", "sha256=", secrets)
}

// ID is the request's UUID, which an attempt after a failure keeps.
func (BitbucketCloud) ID(d Delivery) string { return idOf(d, "X-Request-UUID") }

// Events reads repo:push, which tells of up to five refs, and pull requests.
func (f BitbucketCloud) Events(d Delivery) ([]slipway.Event, error) {
	switch d.Header.Get("X-Event-Key") {
	case "repo:push":
		return f.push(d)
	case "pullrequest:created":
		return f.pull(d, slipway.PullOpened)
	case "pullrequest:updated":
		return f.pull(d, slipway.PullUpdated)
	case "pullrequest:fulfilled", "pullrequest:rejected":
		return f.pull(d, slipway.PullClosed)
	}
	return nil, nil
}

type cloudActor struct {
	Nickname  string
	AccountID string `json:"account_id"`
}

func (a cloudActor) name() string { return cmp.Or(a.Nickname, a.AccountID) }

// cloudRef is where a ref stood or stands; nil in a change that made or
// deleted it.
type cloudRef struct {
	Type   string // branch, named_branch or tag
	Name   string
	Target struct{ Hash string }
}

func (r *cloudRef) full() string {
	switch {
	case r == nil:
		return ""
	case r.Type == "tag":
		return "refs/tags/" + r.Name
	default:
		return "refs/heads/" + r.Name
	}
}

func (r *cloudRef) commit() string {
	if r == nil {
		return ""
	}
	return r.Target.Hash
}

func (f BitbucketCloud) push(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		Push struct {
			Changes []struct{ Old, New *cloudRef }
		}
		Repository hubRepository
		Actor      cloudActor
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	events := make([]slipway.Event, 0, len(p.Push.Changes))
	for _, c := range p.Push.Changes {
		e, err := moved(f.Name(), p.Repository.FullName, cmp.Or(c.New.full(), c.Old.full()), c.Old.commit(), c.New.commit(), p.Actor.name())
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func (f BitbucketCloud) pull(d Delivery, action slipway.PullAction) ([]slipway.Event, error) {
	type end struct {
		Branch     struct{ Name string }
		Repository *hubRepository
	}
	p, err := decode[struct {
		Pull struct {
			ID                  int
			Title               string
			Source, Destination end
		} `json:"pullrequest"`
		Repository hubRepository
		Actor      cloudActor
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	pull := slipway.PullRequest{Number: p.Pull.ID, Action: action, Branch: p.Pull.Source.Branch.Name, Title: shorten(p.Pull.Title)}
	if r := p.Pull.Source.Repository; r != nil {
		pull.Source = r.FullName
	}
	// The commit is abbreviated to twelve digits here, which identifies
	// nothing: it is read from the repository.
	return pulled(f.Name(), p.Repository.FullName, p.Pull.Destination.Branch.Name, "", p.Actor.name(), pull)
}
