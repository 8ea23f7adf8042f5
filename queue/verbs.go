package queue

import (
	"time"

	"github.com/slipway-ci/slipway"
)

// What a worker asks for: the last part of a request's subject.
const (
	verbReport   = "report"
	verbClaim    = "claim"
	verbRenew    = "renew"
	verbAppend   = "append" // a chunk in JSON, of workers of the release before
	verbChunk    = "chunk"
	verbStamp    = "stamp"
	verbHolder   = "holder"
	verbFinish   = "finish"
	verbTask     = "task"
	verbExpanded = "expanded"
	verbConsumer = "consumer" // the stream's consumer of its jobs is to be there
)

// patience is how long one try of a request waits for its answer: what takes
// a moment at most, or a registry that copies.
func patience(verb string) time.Duration {
	const moment, copying = 5 * time.Second, time.Minute
	if verb == verbStamp || verb == verbExpanded {
		return copying
	}
	return moment
}

// The bodies of requests.
type (
	claimBody struct {
		Build int64 `json:"build"`
	}
	attemptBody struct {
		Attempt slipway.Attempt `json:"attempt"`
	}
	appendBody struct {
		Attempt slipway.Attempt `json:"attempt"`
		Number  int             `json:"number"`
		Data    []byte          `json:"data"`
	}
	chunkBody struct { // its data comes behind the envelope
		Attempt slipway.Attempt `json:"attempt"`
		Number  int             `json:"number"`
	}
	stampBody struct {
		Attempt  slipway.Attempt  `json:"attempt"`
		Content  string           `json:"content"`
		Key      slipway.BuildKey `json:"key"`
		Revision slipway.Revision `json:"revision"`
	}
	holderBody struct {
		Attempt slipway.Attempt  `json:"attempt"`
		Key     slipway.BuildKey `json:"key"`
	}
	finishBody struct {
		Attempt slipway.Attempt `json:"attempt"`
		Chunks  int             `json:"chunks"`
		Outcome slipway.Outcome `json:"outcome"`
	}
	taskBody struct {
		Event int64 `json:"event"`
	}
	expandedBody struct {
		Event     int64             `json:"event"`
		Expansion slipway.Expansion `json:"expansion"`
	}
)

// renewed is the answer to renew.
type renewed struct {
	Lease time.Duration `json:"lease"`
}
