package contract

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// askInterval is how often a starting service is asked.
const askInterval = 50 * time.Millisecond

// answers sees that a web service answers 2xx at its health path, on the
// port that it was given. alive is as of try.
func (x *experiment) answers(ctx context.Context) (alive bool, err error) {
	path := x.s.label(slipway.LabelHealth)
	if path == "" {
		path = "/"
	}
	ending, cancel := context.WithTimeoutCause(ctx, x.s.opt.StartUp, errNotEnded)
	defer cancel()
	last := 0
	for {
		status, err := x.running.Get(ending, x.port, path)
		if err == nil && status >= 200 && status < 300 {
			return true, nil
		}
		if err == nil {
			last = status
		}
		code, ended, err := x.wait(ctx, askInterval)
		if err != nil {
			return false, err
		}
		if ended {
			x.find(RuleStartUp, "see its last words; it runs on a read-only root, as a random user, with empty volumes",
				"the program ended with exit code %d before it answered%s", code, x.lastWords())
			return false, nil
		}
		if ending.Err() != nil {
			x.silent(ctx, path, last)
			return true, nil
		}
	}
}

// silent says why a service that runs is not well.
func (x *experiment) silent(ctx context.Context, path string, last int) {
	if last != 0 {
		x.find(RuleStartUp, "let it answer 2xx there as soon as it can work, without other services", "%s answers %d after %s, not 2xx", path, last, x.s.opt.StartUp)
		return
	}
	asked, cancel := context.WithTimeoutCause(ctx, time.Second, errNotEnded)
	defer cancel()
	if status, err := x.running.Get(asked, Port, path); err == nil {
		x.find(RuleKind, "listen on the port that the variable PORT names", "the program answers (%d) on port %d although PORT is %d", status, Port, x.port)
		return
	}
	x.find(RuleStartUp, "listen on 0.0.0.0 and the port that the variable PORT names, and answer within the time", "nothing answers on port %d, which PORT names, after %s%s", x.port, x.s.opt.StartUp, x.lastWords())
}
