package dispatch

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/slipway-ci/slipway"
)

const (
	shortestBackoff = time.Second
	longestBackoff  = 5 * time.Minute
)

// backoff doubles from one second to five minutes, and keeps messages that
// failed together from coming back together: up to a quarter less, by a hash
// of the message, so that it needs no chance.
func backoff(m slipway.Message) time.Duration {
	full := min(shortestBackoff<<min(m.Tries, 20), longestBackoff)
	return full - spread(m.ID, int64(m.Tries), full/4)
}

// spread is a part of a time, another one for each id and turn.
func spread(id, turn int64, of time.Duration) time.Duration {
	h := fnv.New32a()
	fmt.Fprintf(h, "%d %d", id, turn)
	return of * time.Duration(h.Sum32()%1000) / 1000
}
