package main

import (
	"context"
	"crypto/sha256"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/queue"
)

// handler is the API over this control plane.
func (c *controlPlane) handler() (http.Handler, error) {
	return api.New(api.Config{
		Record: shownRecord{c.watched(), c}, Forges: apiForges{}, Remotes: apiRemotes{origins{c.platform}, c.forges}, Jenkinses: apiJenkins{c}, Tickets: c.tickets, Bell: bell{c.control}, Queue: c.dispatch, Checks: c.checks(), Metrics: c.metrics(), Trace: c.traces.Request,
		URL: c.web.url, Version: programVersion(), Hosts: api.Hosts(c.flags.hosts), Joining: c.joining, Rules: staticRules(), Stop: func(a slipway.Attempt) { c.control.Stop(a, a.Worker) }, Log: c.log, Now: time.Now,
	})
}

// checks are what has to work for a push to be taken and built.
func (c *controlPlane) checks() []api.Check {
	return []api.Check{
		{Name: "record", Try: c.record.Ping},
		{Name: "queue", Try: c.control.Probe},
		{Name: "registry", Try: c.platform.images.Ping},
	}
}

// bell is the queue's, for listeners that say themselves when they stop.
type bell struct{ *queue.Control }

// Listen implements api.Bell.
func (b bell) Listen(topic string, hear func(topic string)) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	if err := b.Control.Listen(ctx, topic, hear); err != nil {
		cancel()
		return nil, err
	}
	return cancel, nil
}

// thisMachine names the token of whoever may read the data directory. Several
// control planes have one each.
func (c *controlPlane) thisMachine() string {
	host, _ := os.Hostname() // without one the directory has to do
	return "this machine: " + host + ":" + c.platform.dir.path
}

// ownToken gives the token with which commands in the data directory reach
// the API: the one of the start before, which those that follow a log still
// have, else a new one. first tells that it is new.
func (c *controlPlane) ownToken(ctx context.Context) (text string, first bool, err error) {
	file := c.platform.dir.join("keys", "token")
	if b, err := os.ReadFile(file); err == nil {
		text := strings.TrimSpace(string(b))
		t, err := c.record.TokenOf(ctx, sha256.Sum256([]byte(text)), time.Now())
		if err == nil && t.Role == slipway.RoleOperator && t.Team == "" {
			return text, false, nil
		}
		if code := slipway.ErrorCode(err); err != nil && code != slipway.CodeForbidden {
			return "", false, err
		}
	}
	if err := c.revokeOwn(ctx); err != nil {
		return "", false, err
	}
	text, hash := api.NewToken()
	if err := replaceFile(file, []byte(text+"\n")); err != nil {
		return "", false, slipway.Errorf(slipway.CodeUnavailable, "the token cannot be written to %s", file).Because(err)
	}
	_, err = c.record.AddToken(ctx, slipway.Token{Name: c.thisMachine(), Role: slipway.RoleOperator, Created: time.Now()}, hash)
	return text, true, err
}

// revokeOwn takes away tokens of this machine whose text was lost.
func (c *controlPlane) revokeOwn(ctx context.Context) error {
	tokens, err := c.record.Tokens(ctx, "")
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Name == c.thisMachine() && t.Team == "" {
			if err := c.record.RevokeToken(ctx, t.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// admit lets workers in: the password is a token of theirs.
func (c *controlPlane) admit(ctx context.Context, worker, password string) error {
	t, err := c.record.TokenOf(ctx, sha256.Sum256([]byte(password)), time.Now())
	if err != nil {
		return err
	}
	if !t.Role.Covers(slipway.RoleWorker) {
		return slipway.Errorf(slipway.CodeForbidden, "the token %s is not a worker's, and %s wants to be one", t.Name, worker)
	}
	return nil
}
