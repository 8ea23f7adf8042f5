package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// checkTime is how long each part has to answer.
const checkTime = 5 * time.Second

func (s *server) healthy(*request) (any, error) { return rest.Health{Status: "ok"}, nil }

// ready tries every part, all at once.
func (s *server) ready(r *request) (any, error) {
	ctx, stop := context.WithTimeout(r.ctx(), checkTime)
	defer stop()
	health := rest.Health{Status: "ok", Failed: map[string]string{}}
	var mu sync.Mutex
	var tried sync.WaitGroup
	for _, check := range s.Checks {
		tried.Go(func() {
			if err := try(ctx, check); err != nil {
				mu.Lock()
				defer mu.Unlock()
				health.Failed[check.Name] = sentence(err)
			}
		})
	}
	tried.Wait()
	status := http.StatusOK
	if len(health.Failed) > 0 {
		health.Status, status = "failed", http.StatusServiceUnavailable
	}
	r.c.JSON(status, health)
	return nil, nil
}

// try does not wait for a check that does not heed its context.
func try(ctx context.Context, check Check) error {
	done := make(chan error, 1)
	go func() { done <- check.Try(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return slipway.Errorf(slipway.CodeUnavailable, "no answer within %s", checkTime)
	}
}

// sentence is what a stranger may know of a failed check.
func sentence(err error) string {
	p := problemOf(err, "")
	return p.Title
}
