package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/doctor"
)

// serverDoctor looks at a server from outside, with whatever its token may
// see.
type serverDoctor struct {
	server *client.Client
	now    time.Time
	live   func(doctor.Finding) // nil: nobody watches

	version  string // the server's
	token    slipway.Token
	findings []doctor.Finding
}

// examine looks at everything on the way from a hook to an image, of every
// connection or of only one. What cannot work without something that is broken
// is not looked at.
func (a *app) examine(ctx context.Context, only string, live func(doctor.Finding)) []doctor.Finding {
	d := &serverDoctor{now: time.Now(), live: live}
	server, err := a.remote()
	if err != nil {
		d.see("server", doctor.Fail(hintOf(err), "%s", err))
		return d.findings
	}
	d.server = server
	if d.answers(ctx) && d.admitted(ctx) {
		d.parts(ctx)
		d.workers(ctx)
		d.connections(ctx, only)
	}
	return d.findings
}

func (d *serverDoctor) see(check string, f doctor.Finding) {
	f.Check = check
	d.findings = append(d.findings, f)
	if d.live != nil {
		d.live(f)
	}
}

// broken says that a question was not answered.
func (d *serverDoctor) broken(check string, err error) {
	d.see(check, doctor.Fail(hintOf(err), "%s", err))
}

func (d *serverDoctor) answers(ctx context.Context) bool {
	version, err := d.server.Version(ctx)
	if err != nil {
		d.broken("server", err)
		return false
	}
	d.version = version
	d.see("server", doctor.OK("%s answers, version %s", d.server.Server(), version))
	return true
}

// tokenSoon is how long before its end a token is worth a word.
const tokenSoon = 14 * 24 * time.Hour

func (d *serverDoctor) admitted(ctx context.Context) bool {
	me, err := d.server.Me(ctx)
	switch {
	case err != nil:
		d.broken("token", err)
		return false
	case !me.Expires.IsZero() && me.Expires.Sub(d.now) < tokenSoon:
		d.see("token", doctor.Warn("make another with `slipway token add`, then `slipway login "+d.server.Server()+"`", "%s, %s: it counts no more after %s", me.Name, roleOf(me), at(me.Expires)))
	default:
		d.see("token", doctor.OK("%s, %s", me.Name, roleOf(me)))
	}
	d.token = me
	return true
}

func (d *serverDoctor) parts(ctx context.Context) {
	health, err := d.server.Ready(ctx)
	switch {
	case err != nil:
		d.broken("ready", err)
	case len(health.Failed) == 0 && health.Status == "ok":
		d.see("ready", doctor.OK("record, queue and registry answer the server"))
	}
	for _, part := range slices.Sorted(maps.Keys(health.Failed)) {
		d.see(part, doctor.Fail("the server's log says more; pushes are taken again when it answers", "the server's %s does not work: %s", part, health.Failed[part]))
	}
}

// connections tries the one that is meant, or every one that the token sees.
func (d *serverDoctor) connections(ctx context.Context, only string) {
	if !d.token.Role.Covers(slipway.RoleMaintainer) {
		d.see("connections", doctor.OK("not tried: that needs a maintainer's token, and this is a %s's", d.token.Role))
		return
	}
	if only != "" {
		if v, err := d.named(ctx, only); err != nil {
			d.broken("connection", err)
		} else {
			d.connection(ctx, v.Connection)
			d.jenkins(ctx, v.Team)
		}
		return
	}
	teams, err := d.server.Teams(ctx)
	if err != nil {
		d.broken("teams", err)
		return
	}
	found, tried := false, map[int64]bool{}
	for _, team := range teams {
		d.shown(ctx, team.Name, tried)
		all, err := d.server.Connections(ctx, team.Name)
		if err != nil {
			d.broken("connections", err)
		}
		for _, c := range all {
			found = true
			d.connection(ctx, c)
		}
	}
	if !found {
		d.see("connections", doctor.Warn("slipway service add TEAM/NAME GIT-URL --forge FORGE", "no repository is connected yet"))
	}
}

func (d *serverDoctor) named(ctx context.Context, name string) (rest.ConnectionView, error) {
	id, err := connectionNamed(ctx, d.server, name)
	if err != nil {
		return rest.ConnectionView{}, err
	}
	return d.server.Connection(ctx, id)
}

// connection tries one. The server looks, since it is the server that has to
// reach the repository.
func (d *serverDoctor) connection(ctx context.Context, c slipway.Connection) {
	suffix := " " + strconv.FormatInt(c.ID, 10)
	d.see("connection"+suffix, doctor.OK("%s: %s (%s)", c.Team, c.URL, c.Forge))
	got, err := d.server.CheckConnection(ctx, c.ID)
	if err != nil {
		d.broken("check"+suffix, err)
		return
	}
	for _, f := range got.Findings {
		d.see(f.Check+suffix, doctor.Finding{Status: statusOf(f.Status), Found: f.Found, Mend: f.Mend})
	}
}

// shown tries where a team's builds are shown, unless that was tried for
// another team already.
func (d *serverDoctor) shown(ctx context.Context, team string, tried map[int64]bool) {
	v, err := d.server.Controller(ctx, team)
	switch {
	case slipway.ErrorCode(err) == slipway.CodeNotFound, err == nil && tried[v.ID]:
	case err != nil:
		d.broken("jenkins", err)
	default:
		tried[v.ID] = true
		d.jenkins(ctx, team)
	}
}

// jenkins tries where a team's builds are shown, if that is said anywhere.
func (d *serverDoctor) jenkins(ctx context.Context, team string) {
	got, err := d.server.CheckController(ctx, team)
	switch {
	case slipway.ErrorCode(err) == slipway.CodeNotFound:
		return
	case err != nil:
		d.broken("jenkins", err)
	}
	for _, f := range got.Findings {
		d.see(f.Check, doctor.Finding{Status: statusOf(f.Status), Found: f.Found, Mend: f.Mend})
	}
}

// statusOf reads a status; one of a later release is worth a look.
func statusOf(s string) doctor.Status {
	switch s {
	case rest.FindingOK, rest.FindingFail:
		return doctor.Status(s)
	default:
		return doctor.StatusWarn
	}
}

// workers looks at those who build; only operators see them.
func (d *serverDoctor) workers(ctx context.Context) {
	if !d.token.Role.Covers(slipway.RoleOperator) {
		d.see("workers", doctor.OK("not looked at: that needs an operator's token"))
		return
	}
	workers, err := d.server.Workers(ctx)
	if err != nil {
		d.broken("workers", err)
		return
	}
	d.see("workers", judgeWorkers(workers, d.now))
	for _, w := range workers {
		if f := judgeWorker(w, d.version, d.now); f.Status != doctor.StatusOK {
			d.see("worker "+w.Name, f)
		}
	}
}

// judgeWorkers says whether members' code is built.
func judgeWorkers(workers []slipway.Worker, now time.Time) doctor.Finding {
	well, slots, free := 0, 0, 0
	for _, w := range workers {
		if workerState(w, now) == "well" && slices.Contains(w.Trust, slipway.TrustMember) {
			well++
			slots += w.Slots
			free += max(0, w.Slots-len(w.Running))
		}
	}
	switch {
	case len(workers) == 0:
		return doctor.Fail("start `slipway up`, or `slipway worker` with a worker's token", "no worker was heard of, so nothing is built")
	case well == 0:
		return doctor.Fail("`slipway worker ls` says what each is at", "none of %d workers is well and builds members' code, so nothing of theirs is built", len(workers))
	case slots == 0:
		return doctor.Fail("start it with --slots 1 or more", "the workers have no slots, so nothing is built")
	case free == 0:
		return doctor.OK("%d of %d well and building members' code; all of their %d slots are taken, so builds wait", well, len(workers), slots)
	default:
		return doctor.OK("%d of %d well and building members' code, %d of %d slots free", well, len(workers), free, slots)
	}
}

func judgeWorker(w slipway.Worker, server string, now time.Time) doctor.Finding {
	state := workerState(w, now)
	switch {
	case w.Protocol < slipway.Protocol-1 || w.Protocol > slipway.Protocol+1:
		return doctor.Warn(fmt.Sprintf("install slipway %s there", server), "it is of version %s and speaks the workers' protocol %d; %d is wanted", w.Version, w.Protocol, slipway.Protocol)
	case state == "drains":
		return doctor.Warn("slipway worker undrain "+w.Name, "it drains: it takes nothing new")
	case now.Sub(w.Seen) > goneAfter:
		return doctor.Warn("start it again, or wait: a worker that does not come back is forgotten after a week", "it was last heard of at %s", at(w.Seen))
	case state != "well":
		return doctor.Warn("mend that on its machine; it takes builds again by itself", "%s", state)
	default:
		return doctor.OK("well")
	}
}
