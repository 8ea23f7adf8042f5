package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway"
)

// ClusterReplicas is how many servers of a cluster keep each job: one may be
// lost and the others go on.
const ClusterReplicas = 3

// What an external server must be at least. Older ones refuse some of what
// streams and consumers are made with, in words that help nobody.
const (
	oldestMajor = 2
	oldestMinor = 12
)

// CheckServer sees that the server that a link is to can do what is asked of
// it, and waits until ctx ends for a cluster that has no leader yet. One that
// is too old, or that keeps no streams, is CodeUsage.
func (l *Link) CheckServer(ctx context.Context) error {
	for wait := newBackoff(); ; {
		err := l.checkServer(ctx)
		if slipway.ErrorCode(err) != slipway.CodeUnavailable || !wait.next(ctx) {
			return err
		}
	}
}

func (l *Link) checkServer(ctx context.Context) error {
	if version := l.nc.ConnectedServerVersion(); !recent(version) {
		return slipway.Errorf(slipway.CodeUsage, "the NATS server %s is of version %.20q, and %d.%d is needed at least", l.nc.ConnectedUrlRedacted(), version, oldestMajor, oldestMinor).
			WithHint("update the servers of the cluster one after the other")
	}
	js, err := jetstream.New(l.nc)
	if err != nil {
		return unreachable(err)
	}
	ctx, cancel := context.WithTimeout(ctx, ackTime) // what comes while there is no leader is not answered later
	defer cancel()
	_, err = js.AccountInfo(ctx)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return slipway.Errorf(slipway.CodeUsage, "the NATS server %s has no JetStream for this user", l.nc.ConnectedUrlRedacted()).
			WithHint("put jetstream into its configuration, with a store_dir of its own, and into the account's").Because(err)
	}
	if err != nil {
		return unreachable(err)
	}
	return nil
}

// recent reads a server's version, MAJOR.MINOR.PATCH and perhaps more. What
// cannot be read is not recent.
func recent(version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(strings.TrimPrefix(version, "v"), "%d.%d.", &major, &minor); err != nil {
		return false
	}
	return major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}

// Codes of the server's errors.json that say that there are not as many
// servers as a stream wants.
const (
	errNoPeers     jetstream.ErrorCode = 10005
	errNoResources jetstream.ErrorCode = 10023
	errNoCluster   jetstream.ErrorCode = 10074
)

func tooFewServers(err error) bool {
	e, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (e.ErrorCode == errNoPeers || e.ErrorCode == errNoResources || e.ErrorCode == errNoCluster)
}

// clustered tells whether others keep the stream, too, so that one server
// that lost it is no reason to make it anew.
func (c *Control) clustered() bool { return c.replicas > 1 }
