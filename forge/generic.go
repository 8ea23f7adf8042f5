package forge

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// Generic is any program that signs its requests as Standard Webhooks says:
// a forge that is not known here, or a script behind a git server's hook. The
// body is {"repository", "ref", "before", "after", "actor"}, all strings.
type Generic struct{}

// Name is "generic".
func (Generic) Name() string { return "generic" }

// Verify checks Webhook-Signature, within five minutes of Webhook-Timestamp.
func (Generic) Verify(d Delivery, secrets []string, now time.Time) error {
	return standardWebhook(d, secrets, now)
}

// ID is Webhook-Id.
func (Generic) ID(d Delivery) string { return idOf(d, headerID) }

// Events reads the one that the body tells.
func (f Generic) Events(d Delivery) ([]slipway.Event, error) {
	p, err := decode[struct{ Repository, Ref, Before, After, Actor string }](f.Name(), d)
	if err != nil {
		return nil, err
	}
	e, err := moved(f.Name(), p.Repository, p.Ref, p.Before, p.After, p.Actor)
	if err != nil {
		return nil, err
	}
	return []slipway.Event{e}, nil
}
