package contract

import (
	"context"
	"slices"
	"strconv"
	"strings"
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
			x.reachable()
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
			x.find(RuleStartUp, "see its last words; it runs on a read-only root, as a random user, with empty volumes; configuration that it needs is given with --env NAME=VALUE",
				"the program, started as %s, ended with exit code %d before it answered%s", x.started(), code, x.lastWords())
			return false, nil
		}
		if ending.Err() != nil {
			x.silent(path, last)
			return true, nil
		}
	}
}

// silent says why a service that runs is not well.
func (x *experiment) silent(path string, last int) {
	if last != 0 {
		x.find(RuleStartUp, "let it answer 2xx there as soon as it can work, without other services", "%s answers %d after %s, not 2xx", path, last, x.s.opt.StartUp)
		return
	}
	listens := func(l Listener) bool { return l.Port == x.port }
	x.reachable() // a name such as localhost may be another address than the one that was asked
	if len(x.seen[RuleKind].findings) > 0 {
		return
	}
	if slices.ContainsFunc(x.running.Seen().Listening, listens) {
		x.find(RuleStartUp, "answer HTTP/1.1 at the health path; what speaks another protocol alone, as gRPC, is of `kind: worker` here, and its `health` a command",
			"the program listens on port %d, which PORT names, and does not answer HTTP there after %s", x.port, x.s.opt.StartUp)
		return
	}
	if ports := x.ports(); ports != "" {
		x.find(RuleKind, "listen on 0.0.0.0 and the port that the variable PORT names, or say which it is: `port: …` in slipway.yaml, PORT in a Dockerfile", "the program listens on %s although PORT is %d", ports, x.port)
		return
	}
	x.find(RuleStartUp, "listen on 0.0.0.0 and the port that the variable PORT names, and answer within the time", "nothing answers on port %d, which PORT names, after %s, and the program, started as %s, listens on no port%s", x.port, x.s.opt.StartUp, x.started(), x.lastWords())
}

// ports are those that the program listens on, in words.
func (x *experiment) ports() string {
	var words []string
	for _, l := range x.running.Seen().Listening {
		word := "port " + strconv.Itoa(l.Port)
		if l.Loopback {
			word += " (of 127.0.0.1 alone)"
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " and ")
}

// reachable sees that others than the program itself can reach it.
func (x *experiment) reachable() {
	inside, outside := false, false
	for _, l := range x.running.Seen().Listening {
		if l.Port == x.port {
			inside, outside = inside || l.Loopback, outside || !l.Loopback
		}
	}
	if inside && !outside {
		x.find(RuleKind, "listen on 0.0.0.0 (or ::): nobody outside reaches 127.0.0.1 or localhost", "the program listens on port %d of 127.0.0.1 alone, or of localhost", x.port)
	}
}
