package jenkins

import (
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/slipway-ci/slipway"
)

// breaker leaves a controller alone for a while that did not answer several
// times in a row, and then asks it once.
type breaker struct {
	at      string
	circuit *gobreaker.TwoStepCircuitBreaker[any]
	now     func() time.Time

	mu    sync.Mutex
	since time.Time
	last  error
}

func newBreaker(at string, o Options) *breaker {
	return &breaker{at: at, now: o.Now, circuit: gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name:         at,
		Timeout:      o.Rest,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= o.Trip },
		IsSuccessful: func(err error) bool { return !away(err) },
		IsExcluded:   interrupted,
	})}
}

// ask makes a request unless the controller is to be left alone: then the
// error is CodeUnavailable, and it is known that nothing was done.
func (b *breaker) ask(request func() (answer, error)) (answer, error) {
	done, err := b.circuit.Allow()
	if err != nil {
		_, last := b.trouble()
		return answer{}, slipway.Errorf(slipway.CodeUnavailable, "the Jenkins at %s is left alone for a while", b.at).Because(plainly(last))
	}
	a, err := request()
	done(err)
	b.note(err)
	return a, err
}

func (b *breaker) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case interrupted(err):
	case !away(err):
		b.since, b.last = time.Time{}, nil
	case b.since.IsZero():
		b.since = b.now()
		fallthrough
	default:
		b.last = err
	}
}

func (b *breaker) trouble() (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since, b.last
}

// away tells an answer that never came, or came from what stands before a
// controller that is down. A 500 is that of one page of a controller that is
// up.
func away(err error) bool {
	e, ok := errors.AsType[*failure](err)
	return ok && (e.status == 0 || e.status == 502 || e.status == 503 || e.status == 504)
}

// interrupted tells that a failure says nothing of the controller: the caller
// did not wait for the answer, or nothing was asked.
func interrupted(err error) bool {
	e, ok := errors.AsType[*failure](err)
	return err != nil && (!ok || e.interrupted)
}
