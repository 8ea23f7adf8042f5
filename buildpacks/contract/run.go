package contract

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"math/big"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// firstID and ids are the range that random users and ports come from: above
// what systems give out, within 16 bits.
const (
	firstID = 20_000
	ids     = 40_000
)

func random() (int, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(ids))
	if err != nil {
		return 0, err
	}
	return firstID + int(n.Int64()), nil
}

// experiment is one image running, and what is found on the way.
type experiment struct {
	s       *subject
	running Running
	port    int
	seen    map[Name]outcome
}

func (x *experiment) find(rule Name, hint, format string, args ...any) {
	o := x.seen[rule]
	o.find(hint, format, args...)
	x.seen[rule] = o
}

// run shows how the image lives as a random user. An image whose program
// gives up is tried again with a writable root and as root, so that the
// finding says why.
func run(ctx context.Context, s *subject) (map[Name]outcome, error) {
	uid, err := random()
	if err != nil {
		return nil, err
	}
	id := strconv.Itoa(uid)
	seen, _, alive, err := try(ctx, s, Trial{User: id + ":" + id})
	if err != nil || alive {
		return seen, err
	}
	for _, again := range []struct {
		trial    Trial
		sentence string
		hint     string
	}{
		{Trial{User: id + ":" + id, WritableRoot: true}, "the program works only when it may write to its root file system", ""},
		{Trial{User: "0:0"}, "the program works as root, but not as user " + id, "let it need no root: ports above 1023, no chown, files that anybody may read"},
		{Trial{User: "0:0", WritableRoot: true}, "the program works only as root on a writable root", ""},
	} {
		_, written, works, err := try(ctx, s, again.trial)
		if err != nil {
			return nil, err
		}
		if works {
			o, where := seen[RuleUser], ""
			if again.trial.WritableRoot {
				where, again.hint = s.wrote(written)
			}
			o.find(again.hint, "%s%s", again.sentence, where)
			seen[RuleUser] = o
			break
		}
	}
	return seen, nil
}

// try runs the image once. alive tells that the program did not give up: it
// lived as its kind should, or at least did not end in failure. written is
// what it wrote to a writable root.
func try(ctx context.Context, s *subject, t Trial) (seen map[Name]outcome, written []string, alive bool, err error) {
	port, err := random()
	if err != nil {
		return nil, nil, false, err
	}
	x := &experiment{s: s, port: port, seen: map[Name]outcome{}}
	t.Env = map[string]string{}
	maps.Copy(t.Env, s.opt.Env)
	if s.kind() == slipway.KindWeb {
		t.Env["PORT"] = strconv.Itoa(port)
	}
	x.running, err = s.opt.Runner.Start(ctx, s.img, t)
	switch slipway.ErrorCode(err) {
	case "":
	case slipway.CodeInvalid, slipway.CodeFailed:
		x.find(RuleStartUp, "see what `slipway check` says of the image's layers and configuration", "the image cannot be started: %v", err)
		return x.seen, nil, false, nil
	default:
		return nil, nil, false, err
	}
	defer func() { err = errors.Join(err, x.running.Close()) }()
	alive, err = x.live(ctx)
	return x.seen, x.running.Seen().Written, alive, err
}

func (x *experiment) live(ctx context.Context) (alive bool, err error) {
	switch x.s.kind() {
	case slipway.KindWeb:
		alive, err = x.answers(ctx)
	case slipway.KindTask:
		alive, err = x.ends(ctx)
	default:
		alive, err = x.stays(ctx)
	}
	if err == nil && alive && x.s.kind() != slipway.KindTask {
		x.noShell()
	}
	if err == nil && alive && len(x.seen) == 0 && x.s.kind() != slipway.KindTask {
		err = x.stops(ctx)
	}
	x.logs()
	return alive, err
}

// noShell sees that no shell stands between the init and the program.
func (x *experiment) noShell() {
	if program := x.running.Seen().Program; isShell(program) {
		x.find(RuleStart, "let the shell's last command be `exec PROGRAM`; a shell in front swallows signals", "a shell, %s, runs under the init, in front of the program", program)
	}
}

// started is the command that was tried, for a sentence.
func (x *experiment) started() string {
	_, start := x.s.command()
	return strconv.Quote(strings.Join(start, " "))
}

// stays sees that a worker does not end by itself.
func (x *experiment) stays(ctx context.Context) (bool, error) {
	code, ended, err := x.wait(ctx, x.s.opt.Settle)
	if err != nil || !ended {
		return !ended, err
	}
	x.find(RuleKind, "let a worker run until it is told to stop, or declare it a task", "the program, started as %s, ended by itself with exit code %d within %s%s", x.started(), code, x.s.opt.Settle, x.lastWords())
	return code == 0, nil
}

// ends sees that a task does.
func (x *experiment) ends(ctx context.Context) (bool, error) {
	code, ended, err := x.wait(ctx, x.s.opt.StartUp)
	switch {
	case err != nil:
		return false, err
	case !ended:
		x.find(RuleKind, "let a task end by itself, or declare it a worker", "the task has not ended after %s", x.s.opt.StartUp)
	case code != 0:
		x.find(RuleStartUp, "see its last words; configuration that it needs is given with --env NAME=VALUE", "the task, started as %s, ended with exit code %d%s", x.started(), code, x.lastWords())
	}
	return code == 0, nil
}

// stops sees that SIGTERM ends the program in time.
func (x *experiment) stops(ctx context.Context) error {
	if err := x.running.Terminate(); err != nil {
		return err
	}
	_, ended, err := x.wait(ctx, x.s.opt.Stop)
	if err == nil && !ended {
		x.find(RuleStart, "end on SIGTERM, after the requests that are under way", "the program still runs %s after SIGTERM", x.s.opt.Stop)
	}
	return err
}

// wait waits for the end for at most d. A program that runc could not start
// has ended, too.
func (x *experiment) wait(ctx context.Context, d time.Duration) (code int, ended bool, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, d, errNotEnded)
	defer cancel()
	code, err = x.running.Wait(limited)
	switch {
	case err == nil:
		return code, true, nil
	case ctx.Err() != nil:
		return 0, false, context.Cause(ctx)
	case errors.Is(err, errNotEnded) || errors.Is(err, context.DeadlineExceeded):
		return 0, false, nil
	case slipway.ErrorCode(err) == slipway.CodeFailed:
		x.find(RuleStartUp, "check the entrypoint", "%v", err)
		return notStarted, true, nil
	default:
		return 0, false, err
	}
}

var errNotEnded = errors.New("the program has not ended")

// notStarted is what a shell gives for a command that is not there.
const notStarted = 127

// logs sees that nothing was logged into files.
func (x *experiment) logs() {
	for _, name := range x.running.Seen().Files {
		dir := path.Base(path.Dir(name))
		if path.Ext(name) == ".log" || dir == "log" || dir == "logs" {
			x.find(RuleLogs, "let the program log to stdout or stderr", "the program logs to the file %s", name)
		}
	}
}
