package queue

import (
	"strings"

	"github.com/slipway-ci/slipway"
)

// The stream's name has a version: its retention cannot be changed later.
const streamName = "JOBS_v1"

// Beginnings of subjects.
const (
	jobs   = "sw.job."  // + worker: jobs, kept in the stream
	probes = "sw.probe" // kept in the stream, read by nobody: whether it takes something
	asks   = "sw.w."    // + worker + verb: requests
	stops  = "sw.stop." // + worker: attempts that are cancelled
	wakes  = "sw.wake." // + topic
)

// inboxOf is where a worker gets answers, and nobody else may read.
func inboxOf(worker string) string { return "_INBOX_" + worker }

// consumerOf names a worker's consumer of the stream.
func consumerOf(worker string) string { return "w_" + worker }

// Permissions lists what the user of a worker may publish to and subscribe
// to, in the syntax of NATS, for an external cluster's configuration. The
// server of this package grants the same.
func Permissions(worker string) (publish, subscribe []string) {
	consumer := streamName + "." + consumerOf(worker)
	publish = []string{
		asks + worker + ".*",
		"$JS.API.CONSUMER.INFO." + consumer,
		"$JS.API.CONSUMER.MSG.NEXT." + consumer,
		"$JS.ACK." + consumer + ".>",
	}
	return publish, []string{inboxOf(worker) + ".>", stops + worker}
}

// CheckName refuses what cannot name a worker: it is a part of subjects and
// of file names.
func CheckName(worker string) error {
	if slipway.ValidLabel(worker) {
		return nil
	}
	return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a worker", worker).
		WithHint("use lower-case letters, digits and inner hyphens, at most 40 characters")
}

// asker takes a request's subject apart.
func asker(subject string) (worker, verb string, ok bool) {
	rest, ok := strings.CutPrefix(subject, asks)
	if !ok {
		return "", "", false
	}
	worker, verb, ok = strings.Cut(rest, ".")
	return worker, verb, ok && slipway.ValidLabel(worker)
}
