package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// GitHub is github.com and GitHub Enterprise Server.
type GitHub struct{}

// Name is "github".
func (GitHub) Name() string { return "github" }

// Verify checks X-Hub-Signature-256. The older SHA-1 header does not count.
func (GitHub) Verify(d Delivery, secrets []string, _ time.Time) error {
	return hexHMAC(d, "X-Hub-Signature-256", "sha256=", secrets)
}

// ID is the delivery's GUID, which a redelivery keeps.
func (GitHub) ID(d Delivery) string { return idOf(d, "X-GitHub-Delivery") }

// Events reads push and pull_request.
func (f GitHub) Events(d Delivery) ([]slipway.Event, error) {
	switch d.Header.Get("X-GitHub-Event") {
	case "push":
		return hubPush(f.Name(), d)
	case "pull_request":
		return hubPull(f.Name(), d)
	}
	return nil, nil
}

// hubAccount is a user of GitHub and of those that copied its payloads.
type hubAccount struct {
	Login    string `json:"login"`
	Username string `json:"username"`
}

func (a hubAccount) name() string {
	if a.Login != "" {
		return a.Login
	}
	return a.Username
}

type hubRepository struct {
	FullName string `json:"full_name"`
}

// hubPush reads a push of GitHub, Gitea, Forgejo and Gogs.
func hubPush(forge string, d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		Ref, Before, After string
		Repository         hubRepository
		Sender             hubAccount
	}](forge, d)
	if err != nil {
		return nil, err
	}
	e, err := moved(forge, p.Repository.FullName, p.Ref, p.Before, p.After, p.Sender.name())
	if err != nil {
		return nil, err
	}
	return []slipway.Event{e}, nil
}

// hubPull reads a pull request of the same.
func hubPull(forge string, d Delivery) ([]slipway.Event, error) {
	type end struct {
		Ref, SHA string
		Repo     *hubRepository // null when the fork is gone
	}
	p, err := decode[struct {
		Action      string
		Number      int
		PullRequest struct {
			Title      string
			Head, Base end
		} `json:"pull_request"`
		Repository hubRepository
		Sender     hubAccount
	}](forge, d)
	if err != nil {
		return nil, err
	}
	action, ok := map[string]slipway.PullAction{
		"opened": slipway.PullOpened, "reopened": slipway.PullOpened, "ready_for_review": slipway.PullOpened,
		"synchronize": slipway.PullUpdated, "synchronized": slipway.PullUpdated,
		"closed": slipway.PullClosed,
	}[p.Action]
	if !ok {
		return nil, nil // a label, a review, a title: no other commits
	}
	pull := slipway.PullRequest{Number: p.Number, Action: action, Branch: p.PullRequest.Head.Ref, Title: shorten(p.PullRequest.Title)}
	if repo := p.PullRequest.Head.Repo; repo != nil {
		pull.Source = repo.FullName
	}
	return pulled(forge, p.Repository.FullName, p.PullRequest.Base.Ref, p.PullRequest.Head.SHA, p.Sender.name(), pull)
}
