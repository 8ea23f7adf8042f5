package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// Gogs sends what Gitea once sent; a tag is an event of its own.
type Gogs struct{}

// Name is "gogs".
func (Gogs) Name() string { return "gogs" }

// Verify checks X-Gogs-Signature.
func (Gogs) Verify(d Delivery, secrets []string, _ time.Time) error {
	return hexHMAC(d, "X-Gogs-Signature", "", secrets)
}

// ID is the delivery's UUID.
func (Gogs) ID(d Delivery) string { return idOf(d, "X-Gogs-Delivery") }

// Events reads push, create (of a tag) and pull_request.
func (f Gogs) Events(d Delivery) ([]slipway.Event, error) {
	switch d.Header.Get("X-Gogs-Event") {
	case "push":
		return hubPush(f.Name(), d)
	case "pull_request":
		return hubPull(f.Name(), d)
	case "create":
		return f.created(d)
	}
	return nil, nil
}

func (f Gogs) created(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct {
		Ref        string
		RefType    string `json:"ref_type"`
		SHA        string
		Repository hubRepository
		Sender     hubAccount
	}](f.Name(), d)
	if err != nil {
		return nil, err
	}
	if p.RefType != "tag" {
		return nil, nil // of a branch there is a push, too
	}
	e, err := moved(f.Name(), p.Repository.FullName, "refs/tags/"+p.Ref, "", p.SHA, p.Sender.name())
	if err != nil {
		return nil, err
	}
	return []slipway.Event{e}, nil
}
