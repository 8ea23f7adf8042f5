package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

// patience is how long it is waited for what a push makes, before it is known
// whether it makes anything.
const patience = time.Minute

// recentEvents is how many events are looked through for the last one that
// concerns a service.
const recentEvents = 20

// lookout finds the build of a service that somebody wants to see: the last
// one, or with a commit that one's.
type lookout struct {
	app     *app
	server  *client.Client
	service slipway.Service
	commit  string // "" any
	follow  bool   // wait for what is on its way
}

// sight is what there is at one moment.
type sight struct {
	pending bool                // an event may still make a build
	event   slipway.EventRecord // the last one of which it is known what came of it; zero for none
	build   slipway.Build       // zero for none
}

// buildNamed reads a build's number, or finds a service's build. It gives 0
// when there is nothing to see, which it has said.
func (a *app) buildNamed(ctx context.Context, server *client.Client, arg, commit string, follow bool) (int64, error) {
	if !strings.Contains(arg, "/") {
		if commit != "" {
			return 0, slipway.Errorf(slipway.CodeUsage, "--commit goes with a service, and %s is a build", arg)
		}
		return number("build", arg)
	}
	if commit != "" && !slipway.ValidObjectID(commit) {
		return 0, slipway.Errorf(slipway.CodeUsage, "--commit %s is not the whole id of a commit", plainText(commit)).WithHint("`git rev-parse HEAD` prints it")
	}
	name, err := slipway.ParseServiceName(arg)
	if err != nil {
		return 0, err
	}
	service, err := server.Service(ctx, name)
	if err != nil {
		return 0, err
	}
	l := &lookout{app: a, server: server, service: service, commit: commit, follow: follow}
	return l.find(ctx)
}

func (l *lookout) find(ctx context.Context) (int64, error) {
	enough := time.After(patience)
	for said := false; ; said = true {
		s, err := l.look(ctx)
		if err != nil {
			return 0, err
		}
		if !l.follow || !l.waits(s) {
			return l.choose(s)
		}
		if !said {
			fmt.Fprintln(l.app.err, "slipway: waiting for what the last push makes")
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-enough:
			return 0, slipway.Errorf(slipway.CodeUnavailable, "it is not known after %s what is built of %s", patience, l.what()).
				WithHint("`slipway events %s` lists what the forge told; `slipway logs ID --follow` follows a build by its number", l.service.Name)
		case <-time.After(askEvery):
		}
	}
}

// waits tells that what is there may not be what is wanted yet: of a commit
// the forge may not have told.
func (l *lookout) waits(s sight) bool {
	return s.pending || l.commit != "" && s.build.ID == 0 && s.event.ID == 0
}

// look reads the events before the builds: an event that is through has its
// builds by then.
func (l *lookout) look(ctx context.Context) (s sight, err error) {
	events, err := l.server.Events(ctx, l.service.Connection, recentEvents)
	if err != nil {
		return s, err
	}
	events = slices.DeleteFunc(events, func(e slipway.EventRecord) bool { return !l.concerned(e) })
	isPending := func(e slipway.EventRecord) bool { return e.State == slipway.EventPending }
	s.pending = slices.ContainsFunc(events, isPending)
	if i := slices.IndexFunc(events, func(e slipway.EventRecord) bool { return !isPending(e) }); i >= 0 {
		s.event = events[i]
	}
	wanted := client.Filter{Service: l.service.Name.String(), Commit: l.commit, Most: 1}
	if l.commit == "" {
		wanted.Event = s.event.ID
	}
	builds, err := l.server.Builds(ctx, wanted)
	if err == nil && len(builds) == 0 && wanted.Event != 0 {
		wanted.Event = 0
		builds, err = l.server.Builds(ctx, wanted)
	}
	s.build = first(builds)
	return s, err
}

// concerned tells whether an event can have made the build that is wanted, or
// is why there is none. What others offer in a pull request and what waits for
// approval is not in the way of who wants to see the last build.
func (l *lookout) concerned(e slipway.EventRecord) bool {
	switch {
	case e.Event.Deleted(), e.State == slipway.EventDuplicate:
		return false
	case len(e.Event.Only) > 0 && !slices.Contains(e.Event.Only, l.service.Name.Name):
		return false
	case l.commit != "":
		return e.Event.After == l.commit
	case e.State == slipway.EventFailed:
		return e.Event.Pull == nil
	default:
		return e.State != slipway.EventHeld
	}
}

func (l *lookout) choose(s sight) (int64, error) {
	newer := s.event.ID > s.build.Event
	failed := newer && s.event.State == slipway.EventFailed
	switch {
	case failed && (l.follow || s.build.ID == 0):
		return 0, undone(s.event)
	case s.build.ID == 0:
		return 0, l.nothing(s.event)
	case failed:
		report(l.app.err, undone(s.event))
	case newer && l.follow && l.commit == "":
		fmt.Fprintf(l.app.err, "slipway: event %d changed nothing of %s; this is its last build\n", s.event.ID, l.service.Name)
	}
	return s.build.ID, nil
}

// nothing says why there is no build.
func (l *lookout) nothing(e slipway.EventRecord) error {
	switch {
	case l.commit != "" && e.State == slipway.EventExpanded:
		return l.app.done("Nothing of %s is new there. %s", l.service.Name, e.Note)
	case e.State == slipway.EventHeld:
		return slipway.Errorf(slipway.CodeConflict, "event %d waits for a maintainer", e.ID).
			WithHint("`slipway approve %d --commit %s` has it built", e.ID, e.Event.After)
	}
	return slipway.Errorf(slipway.CodeNotFound, "there is no build of %s yet", l.what()).WithHint("push something, or `slipway start %s`", l.service.Name)
}

// what names what is wanted.
func (l *lookout) what() string {
	if l.commit != "" {
		return l.service.Name.String() + " at " + short(l.commit)
	}
	return l.service.Name.String()
}

// undone is an event that failed, as an error: its note has a sentence, and
// what to do about it in the next line.
func undone(e slipway.EventRecord) error {
	sentence, hint, _ := strings.Cut(e.Note, "\n")
	return slipway.Errorf(slipway.CodeInvalid, "nothing was built of event %d (%s of %s at %s): %s",
		e.ID, e.Event.Kind, refOf(e.Event), short(e.Event.After), sentence).WithHint("%s", hint)
}
