package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/store"
)

// ticketKey is what tickets of builds are signed with: every control plane of
// a record has the same, and nothing is kept of it.
func ticketKey(seal []byte) (slipway.TicketKey, error) {
	return hkdf.Key(sha256.New, seal, nil, "slipway tickets", sha256.Size)
}

// assembleJenkins gives those who tell Jenkins, by topic, and the one who
// follows what they start.
func (c *controlPlane) assembleJenkins() map[string]dispatch.Courier {
	links := &jenkins.Links{Sources: c.record, Options: jenkins.Options{Log: c.log, Now: time.Now}}
	courier := &jenkins.Courier{
		Builds: shownRecord{c.watched(), c}, Runs: c.record, Links: links, Tickets: c.tickets, Base: c.web.url, Line: api.Line, Now: time.Now, Log: c.log, Cancelled: c.abortedElsewhere,
	}
	c.jenkins = &jenkins.Follower{Courier: courier, Leader: c.leader}
	notifier := &jenkins.Notifier{Builds: shownRecord{c.watched(), c}, Links: links, Team: c.teamOf, Now: time.Now, Log: c.log}
	return map[string]dispatch.Courier{
		store.TopicJenkins: courier, store.TopicDownstream: jenkins.Downstream{Courier: courier}, store.TopicNotify: notifier,
	}
}

// abortedElsewhere wakes those who wait for a build that Jenkins has
// cancelled, and its worker.
func (c *controlPlane) abortedElsewhere(b slipway.Build) {
	bell{c.control}.Ring(dispatch.RingBuild + strconv.FormatInt(b.ID, 10))
	bell{c.control}.Ring(dispatch.RingDispatch)
	if b.State == slipway.BuildRunning {
		c.control.Stop(slipway.Attempt{Build: b.ID, Number: b.Attempt, Worker: b.Worker}, b.Worker)
	}
}

// teamOf gives the team that an event is of.
func (c *controlPlane) teamOf(ctx context.Context, e slipway.EventRecord) (string, error) {
	connection, err := c.record.Connection(ctx, e.Connection)
	return connection.Team, err
}

// apiJenkins are controllers as the API tries them.
type apiJenkins struct{ plane *controlPlane }

var _ api.Jenkinses = apiJenkins{}

// Look implements api.Jenkinses.
func (j apiJenkins) Look(ctx context.Context, c slipway.Controller, k slipway.ControllerKeys, downstream map[string]string) []rest.Finding {
	findings := []rest.Finding{}
	for _, f := range jenkins.Examine(ctx, c, k, downstream, jenkins.Options{Log: j.plane.log}) {
		findings = append(findings, rest.Finding{Check: f.Check, Status: f.Status, Found: f.Found, Mend: f.Mend})
	}
	return findings
}
