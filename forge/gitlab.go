package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// GitLab is gitlab.com and GitLab on one's own machines.
type GitLab struct{}

// Name is "gitlab".
func (GitLab) Name() string { return "gitlab" }

// Verify checks the signature that GitLab sends since 2026 when it is there,
// else the secret token.
func (GitLab) Verify(d Delivery, secrets []string, now time.Time) error {
	if d.Header.Get(headerSignature) != "" {
		return standardWebhook(d, secrets, now)
	}
	return plainToken(d.Header.Get("X-Gitlab-Token"), secrets)
}

// ID is that of the webhook's event, which a retry keeps.
func (GitLab) ID(d Delivery) string {
	return idOf(d, headerID, "Idempotency-Key", "X-Gitlab-Webhook-UUID", "X-Gitlab-Event-UUID")
}

// Events reads push, tag push and merge request.
func (f GitLab) Events(d Delivery) ([]slipway.Event, error) {
	switch d.Header.Get("X-Gitlab-Event") {
	case "Push Hook", "Tag Push Hook", "System Hook":
		return f.push(d)
	case "Merge Request Hook":
		return f.merge(d)
	}
	return nil, nil
}

type labProject struct {
	Path string `json:"path_with_namespace"`
}

func (f GitLab) push(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		ObjectKind         string `json:"object_kind"`
		Ref, Before, After string
		Username           string `json:"user_username"`
		Project            labProject
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	if p.ObjectKind != "push" && p.ObjectKind != "tag_push" {
		return nil, nil
	}
	e, err := moved(f.Name(), p.Project.Path, p.Ref, p.Before, p.After, p.Username)
	if err != nil {
		return nil, err
	}
	return []slipway.Event{e}, nil
}

func (f GitLab) merge(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		User    hubAccount
		Project labProject
		Request struct {
			IID          int
			Action       string
			Title        string
			OldRevision  string     `json:"oldrev"` // of an update that brings other commits
			SourceBranch string     `json:"source_branch"`
			TargetBranch string     `json:"target_branch"`
			Source       labProject // null when the fork is gone
			LastCommit   struct {
				ID string
			} `json:"last_commit"`
		} `json:"object_attributes"`
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	r := p.Request
	action, ok := map[string]slipway.PullAction{
		"open": slipway.PullOpened, "reopen": slipway.PullOpened, "update": slipway.PullUpdated,
		"close": slipway.PullClosed, "merge": slipway.PullClosed,
	}[r.Action]
	if !ok || r.Action == "update" && r.OldRevision == "" {
		return nil, nil
	}
	pull := slipway.PullRequest{Number: r.IID, Action: action, Branch: r.SourceBranch, Source: r.Source.Path, Title: shorten(r.Title)}
	return pulled(f.Name(), p.Project.Path, r.TargetBranch, r.LastCommit.ID, p.User.name(), pull)
}
