package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/slipway-ci/slipway"
)

const (
	// maxDelivery is the most bytes of a delivery: GitHub sends up to 25 MiB.
	maxDelivery = 26 << 20
	// freeDelivery is how much of each delivery counts for nothing, so that
	// usual ones are taken however many large ones there are.
	freeDelivery = 64 << 10
	// maxIntake is how much of the rest is held in memory at once: none of it
	// has been found authentic yet.
	maxIntake = 256 << 20
)

// intake reads deliveries without holding more of them than it may.
type intake struct{ held atomic.Int64 }

func newIntake() *intake { return &intake{} }

// read reads a body whole. release gives back what it held, and is never nil.
func (in *intake) read(body io.Reader) (data []byte, release func(), err error) {
	var taken int64
	release = func() { in.held.Add(-taken) }
	var b bytes.Buffer
	for {
		_, err := io.CopyN(&b, body, freeDelivery)
		if errors.Is(err, io.EOF) {
			return b.Bytes(), release, nil
		}
		if err != nil {
			return nil, release, badDelivery(err)
		}
		taken += freeDelivery
		if in.held.Add(freeDelivery) > maxIntake {
			return nil, release, slipway.Errorf(slipway.CodeBusy, "too many large deliveries arrive at once").WithHint("send it again")
		}
	}
}

func badDelivery(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return withStatus(http.StatusRequestEntityTooLarge, slipway.Errorf(slipway.CodeUsage, "the delivery has more than %d bytes", maxDelivery))
	}
	return withStatus(http.StatusRequestTimeout, slipway.Errorf(slipway.CodeUsage, "the delivery did not arrive whole in time"))
}
