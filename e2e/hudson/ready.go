package hudson

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// startTime is how long Hudson may take, on a machine that does other things
// at the same time; alone it takes five seconds.
const startTime = 2 * time.Minute

// tailLines of the log are in the error.
const tailLines = 25

// ready waits until Hudson answers its user with its own state.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := s.status(ctx)
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("Hudson ended instead of starting; the end of its log:\n%s", s.tail()) //nolint:staticcheck // a name
		case <-ctx.Done():
			return fmt.Errorf("Hudson is not ready (status %d, %w); the end of its log:\n%s", status, err, s.tail()) //nolint:staticcheck // a name
		case <-tick.C:
		}
	}
}

// status asks as its user. While Hudson starts it is 503, 404 or nothing.
func (s *Server) status(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	a, err := s.Ask(ctx, http.MethodGet, "/api/json?tree=mode", "")
	return a.Status, err
}

func (s *Server) logFile() string { return filepath.Join(s.config.Dir, "hudson.log") }

// tail gives the end of Hudson's log.
func (s *Server) tail() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
