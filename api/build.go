package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

func (s *server) listBuilds(r *request) (any, error) {
	w, err := r.window()
	if err != nil {
		return nil, err
	}
	page, err := r.buildPage(w)
	if err != nil {
		return nil, err
	}
	builds, err := s.Record.Builds(r.ctx(), page)
	return newest(w, builds, func(b slipway.Build) int64 { return b.ID }), err
}

// buildPage reads the filters. Of what a token may not see nothing is asked.
func (r *request) buildPage(w window) (slipway.BuildPage, error) {
	before, err := w.before()
	if err != nil {
		return slipway.BuildPage{}, err
	}
	p := slipway.BuildPage{
		Team: r.c.Query("team"), Name: r.c.Query("service"), State: slipway.BuildState(r.c.Query("state")),
		Ref: r.c.Query("ref"), Commit: r.c.Query("commit"), Before: before, Most: w.most + 1,
	}
	if text := r.c.Query("event"); text != "" {
		if p.Event, err = strconv.ParseInt(text, 10, 64); err != nil || p.Event < 1 {
			return p, slipway.Errorf(slipway.CodeUsage, "%.20q is not the number of an event", text)
		}
	}
	if team, name, both := strings.Cut(p.Name, "/"); both {
		if p.Team != "" && p.Team != team {
			return p, slipway.Errorf(slipway.CodeUsage, "the service is of the team %.40q, and team asks for %.40q", team, p.Team)
		}
		p.Team, p.Name = team, name
	}
	if p.Team == "" {
		p.Team = r.token.Team
	}
	return p, r.checkPage(p)
}

func (r *request) checkPage(p slipway.BuildPage) error {
	switch {
	case p.Team != "" && !slipway.ValidLabel(p.Team), p.Name != "" && !slipway.ValidLabel(p.Name):
		return slipway.Errorf(slipway.CodeUsage, "the names of team and service are not such names")
	case p.Team != "" && !sees(r.token, p.Team):
		return notFound("there is no team %.40q", p.Team)
	case p.State != "" && !slices.Contains(slipway.BuildStates(), p.State):
		return slipway.Errorf(slipway.CodeUsage, "%.40q is not a state of a build", p.State)
	case p.Ref != "" && !slipway.ValidRef(p.Ref):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the full name of a branch or tag", p.Ref).WithHint("write refs/heads/NAME or refs/tags/NAME")
	case p.Commit != "" && !slipway.ValidObjectID(p.Commit):
		return slipway.Errorf(slipway.CodeUsage, "%.80q is not a whole commit id", p.Commit)
	}
	return nil
}

func (s *server) showBuild(r *request) (any, error) { return r.build, nil }

func (s *server) cancelBuild(r *request) (any, error) {
	var asked rest.Cancel
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	reason := "cancelled by " + r.who()
	if text := strings.Join(strings.Fields(asked.Reason), " "); text != "" {
		if len(text) > 500 {
			return nil, slipway.Errorf(slipway.CodeUsage, "the reason is longer than 500 bytes")
		}
		reason += ": " + text
	}
	if err := s.Record.Cancel(r.ctx(), r.build.ID, reason, s.Now()); err != nil {
		return s.cancelAfter(r, err)
	}
	s.moved(r.build.ID)
	if b := r.build; s.Stop != nil && b.State == slipway.BuildRunning {
		s.Stop(slipway.Attempt{Build: b.ID, Number: b.Attempt, Worker: b.Worker})
	}
	return s.Record.Build(r.ctx(), r.build.ID)
}

// cancelAfter stops what comes after a build that has ended. A ticket is of
// the build alone.
func (s *server) cancelAfter(r *request, ended error) (any, error) {
	if slipway.ErrorCode(ended) != slipway.CodeConflict || r.ticket != 0 {
		return nil, ended
	}
	if err := s.Record.StopJenkinsRun(r.ctx(), r.build.ID, slipway.RunDownstream); slipway.ErrorCode(err) == slipway.CodeConflict {
		return nil, ended
	} else if err != nil {
		return nil, err
	}
	return s.Record.Build(r.ctx(), r.build.ID)
}

// moved wakes those who wait for a build.
func (s *server) moved(build int64) {
	s.Bell.Ring(topicOf(build))
	s.Bell.Ring(topicDispatch)
}

func (s *server) retryBuild(r *request) (any, error) {
	switch r.build.State {
	case slipway.BuildFailed, slipway.BuildCancelled, slipway.BuildSuperseded:
		return s.again(r, false)
	case slipway.BuildSucceeded:
		return nil, slipway.Errorf(slipway.CodeConflict, "build %d has succeeded", r.build.ID).WithHint("rebuild makes it once more")
	default:
		return nil, slipway.Errorf(slipway.CodeConflict, "build %d has not ended", r.build.ID)
	}
}

func (s *server) rebuild(r *request) (any, error) {
	var asked rest.Rebuild
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	return s.again(r, asked.Force)
}

func (s *server) again(r *request, force bool) (any, error) {
	id, err := s.Record.Rebuild(r.ctx(), r.build.ID, force, r.who(), s.Now())
	if err != nil {
		return nil, err
	}
	s.moved(id)
	return s.Record.Build(r.ctx(), id)
}

// startBuild makes an event of the service's repository; expansion finds what
// to build, as for a push.
func (s *server) startBuild(r *request) (any, error) {
	var asked rest.NewBuild
	if err := r.body(&asked); err != nil {
		return nil, err
	}
	c, err := s.Record.Connection(r.ctx(), r.service.Connection)
	if err != nil {
		return nil, err
	}
	ref, err := refOf(asked.Ref, c)
	if err != nil {
		return nil, err
	}
	if err := s.pushed(r, c.ID, ref, asked.Commit); err != nil {
		return nil, err
	}
	if err := s.checkAsker(r, asked); err != nil {
		return nil, err
	}
	e := slipway.Event{
		Kind: slipway.EventManual, Repository: c.Repository, Ref: ref, After: asked.Commit, Actor: r.who(), Only: []string{r.service.Name.Name}, Repeatable: true,
		Once: asked.Once, Notify: asked.Notify,
	}
	if asked.From != "" {
		e.Kind, e.Actor = slipway.EventJenkins, asked.From
	}
	event, err := s.Record.Start(r.ctx(), c.ID, e, s.Now())
	if err != nil {
		return nil, err
	}
	s.Bell.Ring(topicDispatch)
	return rest.Started{Event: event}, nil
}

// checkAsker looks at what a program says of itself that asks for a build.
// What is told when the build has ended goes to the team's Jenkins alone:
// elsewhere it would be a way to have this server call anything.
func (s *server) checkAsker(r *request, asked rest.NewBuild) error {
	switch {
	case len(asked.Once) > rest.MostOnce:
		return slipway.Errorf(slipway.CodeUsage, "the name of the asking (once) is longer than %d bytes", rest.MostOnce)
	case asked.From != "" && (!webURL(asked.From) || len(asked.From) > maxLink):
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not the URL of a Jenkins build", asked.From)
	case asked.Notify == "":
		return nil
	case len(asked.Notify) > maxLink:
		return slipway.Errorf(slipway.CodeUsage, "the URL to notify is longer than %d bytes", maxLink)
	}
	c, err := s.Record.ControllerOf(r.ctx(), r.team)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return slipway.Errorf(slipway.CodeUsage, "%.200q cannot be notified: the team %s has no Jenkins controller", asked.Notify, r.team).
			WithHint("a maintainer sets one: `slipway jenkins set %s URL …`; without it, ask for the build's state instead", r.team)
	}
	if err == nil && !c.Serves(asked.Notify) {
		return slipway.Errorf(slipway.CodeUsage, "%.200q is not below the team's Jenkins controller %s", asked.Notify, c.URL).
			WithHint("notify a URL of that controller, or leave it out and ask for the build's state")
	}
	return err
}

// maxLink is the longest URL that is taken from a caller, in bytes.
const maxLink = 2000

// pushed sees that a commit that somebody named was pushed to the ref: a forge
// serves commits of everybody's forks by their ids, and none of those is a
// member's code because a member names it.
func (s *server) pushed(r *request, connection int64, ref, commit string) error {
	if commit == "" {
		return nil
	}
	if !slipway.ValidObjectID(commit) {
		return slipway.Errorf(slipway.CodeUsage, "%.80q is not a whole commit id", commit)
	}
	_, err := s.Record.Moved(r.ctx(), connection, ref, commit)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		return slipway.Errorf(slipway.CodeConflict, "no push of %s to commit %.12s is on record", ref, commit).
			WithHint("push the commit to a branch and start that; a pull request's commit is built when its event is approved")
	}
	return err
}

// refOf gives the full name of what a person calls a branch.
func refOf(asked string, c slipway.Connection) (string, error) {
	ref := asked
	switch {
	case ref == "" && c.Default == "":
		return "", slipway.Errorf(slipway.CodeUsage, "it is not known which branch of %s is the default one", c.URL).WithHint("name the ref")
	case ref == "":
		ref = c.Default
	case !strings.HasPrefix(ref, "refs/"):
		ref = "refs/heads/" + ref
	}
	if !slipway.ValidRef(ref) {
		return "", slipway.Errorf(slipway.CodeUsage, "%.200q is not the name of a branch or tag", asked)
	}
	return ref, nil
}
