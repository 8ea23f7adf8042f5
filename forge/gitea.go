package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// Gitea is Gitea and Forgejo, whose payloads are alike.
type Gitea struct{}

// Name is "gitea".
func (Gitea) Name() string { return "gitea" }

// Verify checks the signature header of whichever of the two sent it.
func (Gitea) Verify(d Delivery, secrets []string, _ time.Time) error {
	header := "X-Gitea-Signature"
	if d.Header.Get(header) == "" {
		header = "X-Forgejo-Signature"
	}
	return hexHMAC(d, header, "", secrets)
}

// ID is the delivery's UUID.
func (Gitea) ID(d Delivery) string { return idOf(d, "X-Gitea-Delivery", "X-Forgejo-Delivery") }

// Events reads push and pull_request. The headers of GitHub that both send
// along are not looked at.
func (f Gitea) Events(d Delivery) ([]slipway.Event, error) {
	event := d.Header.Get("X-Gitea-Event")
	if event == "" {
		event = d.Header.Get("X-Forgejo-Event")
	}
	switch event {
	case "push":
		return hubPush(f.Name(), d)
	case "pull_request", "pull_request_sync":
		return hubPull(f.Name(), d)
	}
	return nil, nil
}
