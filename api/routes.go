package api

import (
	"net/http"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// route is a row of the table: what there is, who may, and what it says.
type route struct {
	method, path string
	scope        scope
	role         slipway.TeamRole // least one that may; "" where scope is open
	does         string           // one line for people
	did          string           // for the audit log; "" changes nothing
	query        []string         // parameters that it knows
	takes        any              // zero value of its body; nil none
	gives        any              // zero value of its answer; nil none
	status       int              // of success; 0 is 200, or 204 where it gives nothing
	kinds        []string         // media types of a raw answer
	raw          bool             // the handler writes the answer itself
	ticket       bool             // a ticket of its build opens it
	page         bool             // for people: a page, which the cookie of a sign-in opens, too; it changes nothing of the record
	handle       func(*request) (any, error)
}

func (r route) statusOf() int {
	switch {
	case r.status != 0:
		return r.status
	case r.gives == nil && !r.raw:
		return http.StatusNoContent
	default:
		return http.StatusOK
	}
}

const (
	get, post, put, patch, remove = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete

	viewer, developer, maintainer, operator = slipway.RoleViewer, slipway.RoleDeveloper, slipway.RoleMaintainer, slipway.RoleOperator
)

// paging are the parameters of every list.
func paging(more ...string) []string { return append(more, "limit", "cursor") }

// table lists all routes there are.
func (s *server) table() []route {
	var all []route
	for _, part := range [][]route{s.openRoutes(), s.teamRoutes(), s.connectionRoutes(), s.serviceRoutes(), s.buildRoutes(), s.eventRoutes(), s.jenkinsRoutes(), s.platformRoutes(), s.pageRoutes()} {
		all = append(all, part...)
	}
	return all
}

func (s *server) openRoutes() []route {
	return []route{
		{method: post, path: "/hooks/:connection", does: "What a forge's webhook calls", gives: rest.Delivered{}, status: http.StatusAccepted, raw: true, kinds: []string{"application/json"}, handle: s.hook},
		{method: get, path: "/healthz", does: "Whether the process serves", gives: rest.Health{}, handle: s.healthy},
		{method: get, path: "/readyz", does: "Whether everything it stands on answers", gives: rest.Health{}, raw: true, kinds: []string{"application/json"}, handle: s.ready},
		{method: get, path: "/metrics", does: "Figures, as Prometheus reads them", raw: true, kinds: []string{"text/plain"}, handle: s.figures},
		{method: get, path: "/api/v1/openapi.json", does: "This description", raw: true, kinds: []string{"application/json"}, handle: s.description},
	}
}

func (s *server) teamRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/me", scope: anyone, role: viewer, does: "Whose the token is", gives: slipway.Token{}, handle: s.me},
		{method: get, path: "/api/v1/teams", scope: anyone, role: viewer, does: "List teams", query: paging(), gives: rest.List[rest.Team]{}, handle: s.listTeams},
		{method: post, path: "/api/v1/teams", scope: platform, role: operator, does: "Make a team", did: "team.add", takes: rest.Team{}, gives: rest.Team{}, status: http.StatusCreated, handle: s.addTeam},
		{method: remove, path: "/api/v1/teams/:team", scope: ofTeam, role: operator, does: "Remove a team with its secrets and tokens; with force=true also with its connections, as each is removed", did: "team.remove", query: []string{"force"}, gives: slipway.Removed{}, handle: s.removeTeam},
		{method: get, path: "/api/v1/teams/:team/policy", scope: ofTeam, role: viewer, does: "What becomes of builds that break rules of the image contract, where the team has decided that", gives: rest.Policy{}, handle: s.showPolicy},
		{method: patch, path: "/api/v1/teams/:team/policy", scope: ofTeam, role: maintainer, does: "Decide what becomes of builds that break rules of the image contract: warn, fail or default", did: "team.policy", takes: rest.Policy{}, gives: rest.Policy{}, handle: s.changePolicy},
		{method: get, path: "/api/v1/teams/:team/tokens", scope: ofTeam, role: maintainer, does: "List a team's tokens", query: paging(), gives: rest.List[slipway.Token]{}, handle: s.listTokens},
		{method: post, path: "/api/v1/teams/:team/tokens", scope: ofTeam, role: maintainer, does: "Make a token of a team; its text is shown once", did: "token.add", takes: rest.NewToken{}, gives: rest.TokenMade{}, status: http.StatusCreated, handle: s.addToken},
		{method: remove, path: "/api/v1/tokens/:token", scope: ofToken, role: maintainer, does: "Revoke a token", did: "token.revoke", handle: s.revokeToken},
		{method: get, path: "/api/v1/teams/:team/audit", scope: ofTeamEver, role: maintainer, does: "Who did what in a team, newest first", query: paging(), gives: rest.List[slipway.AuditEntry]{}, handle: s.auditLog},
		{method: get, path: "/api/v1/teams/:team/secrets", scope: ofTeam, role: maintainer, does: "List the names of a team's secrets", query: paging(), gives: rest.List[slipway.SecretName]{}, handle: s.listSecrets},
		{method: put, path: "/api/v1/teams/:team/secrets/:secret", scope: ofTeam, role: maintainer, does: "Set a secret of a whole team", did: "secret.set", takes: rest.Secret{}, handle: s.setSecret},
		{method: remove, path: "/api/v1/teams/:team/secrets/:secret", scope: ofTeam, role: maintainer, does: "Remove a secret of a whole team", did: "secret.remove", handle: s.removeSecret},
	}
}

func (s *server) connectionRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/teams/:team/connections", scope: ofTeam, role: viewer, does: "List a team's connections", query: paging(), gives: rest.List[slipway.Connection]{}, handle: s.listConnections},
		{method: post, path: "/api/v1/teams/:team/connections", scope: ofTeam, role: maintainer, does: "Connect a repository; the hook's secret is shown once", did: "connection.add", takes: rest.NewConnection{}, gives: rest.ConnectionView{}, status: http.StatusCreated, handle: s.addConnection},
		{method: get, path: "/api/v1/connections/:connection", scope: ofConnection, role: viewer, does: "Show a connection", gives: rest.ConnectionView{}, handle: s.showConnection},
		{method: patch, path: "/api/v1/connections/:connection", scope: ofConnection, role: maintainer, does: "Change a connection or its credentials", did: "connection.change", takes: rest.ConnectionChange{}, gives: rest.ConnectionView{}, handle: s.changeConnection},
		{method: remove, path: "/api/v1/connections/:connection", scope: ofConnection, role: maintainer, does: "Remove a connection with its keys; with force=true also its services with their secrets, and what waits or runs of them is cancelled", did: "connection.remove", query: []string{"force"}, gives: slipway.Removed{}, handle: s.removeConnection},
		{method: post, path: "/api/v1/connections/:connection/hook/rotate", scope: ofConnection, role: maintainer, does: "Make another secret for the hook; the old one stays valid", did: "connection.rotate", gives: rest.ConnectionView{}, handle: s.rotateHook},
		{method: post, path: "/api/v1/connections/:connection/hook/settle", scope: ofConnection, role: maintainer, does: "Let go of the hook's old secret", did: "connection.settle", gives: rest.ConnectionView{}, handle: s.settleHook},
		{method: post, path: "/api/v1/connections/:connection/check", scope: ofConnection, role: maintainer, does: "Try the way from the hook to an image: repository, forge, hook, last delivery and build; changes nothing", did: "connection.check", gives: rest.ConnectionCheck{}, handle: s.tryConnection},
		{method: get, path: "/api/v1/connections/:connection/events", scope: ofConnection, role: viewer, does: "List what happened to a repository, newest first", query: paging(), gives: rest.List[slipway.EventRecord]{}, handle: s.listEvents},
	}
}

func (s *server) serviceRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/teams/:team/services", scope: ofTeam, role: viewer, does: "List a team's services", query: paging(), gives: rest.List[slipway.Service]{}, handle: s.listServices},
		{method: post, path: "/api/v1/teams/:team/services", scope: ofTeam, role: maintainer, does: "Register a service", did: "service.add", takes: rest.NewService{}, gives: slipway.Service{}, status: http.StatusCreated, handle: s.addService},
		{method: get, path: "/api/v1/teams/:team/services/:service", scope: ofService, role: viewer, does: "Show a service", gives: slipway.Service{}, handle: s.showService},
		{method: remove, path: "/api/v1/teams/:team/services/:service", scope: ofService, role: maintainer, does: "Remove a service", did: "service.remove", handle: s.removeService},
		{method: put, path: "/api/v1/teams/:team/services/:service/secrets/:secret", scope: ofService, role: maintainer, does: "Set a secret of a service", did: "secret.set", takes: rest.Secret{}, handle: s.setSecret},
		{method: remove, path: "/api/v1/teams/:team/services/:service/secrets/:secret", scope: ofService, role: maintainer, does: "Remove a secret of a service", did: "secret.remove", handle: s.removeSecret},
		{method: post, path: "/api/v1/teams/:team/services/:service/builds", scope: ofService, role: developer, does: "Ask for a build of a service", did: "build.start", takes: rest.NewBuild{}, gives: rest.Started{}, status: http.StatusAccepted, handle: s.startBuild},
	}
}

func (s *server) buildRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/builds", scope: anyone, role: viewer, does: "List builds, newest first; a service as TEAM/NAME", query: paging("team", "service", "state", "ref", "commit", "event"), gives: rest.List[slipway.Build]{}, handle: s.listBuilds},
		{method: get, path: "/api/v1/builds/:build", scope: ofBuild, ticket: true, role: viewer, does: "Show a build", gives: slipway.Build{}, handle: s.showBuild},
		{method: get, path: "/api/v1/builds/:build/log", scope: ofBuild, ticket: true, role: viewer, does: "A build's log, as text or, where it is accepted, as application/x-ndjson; with follow=true until the build ends; with after, the next part (header Slipway-Next names it)", query: []string{"follow", "after"}, raw: true, kinds: []string{"text/plain", ndjson}, handle: s.showLog},
		{method: get, path: "/api/v1/builds/:build/log/stream", scope: ofBuild, ticket: true, role: viewer, does: "A build's log as it comes: server-sent events log (id ATTEMPT-NUMBER), build and end", query: []string{"after"}, raw: true, kinds: []string{eventStream}, handle: s.streamLog},
		{method: post, path: "/api/v1/builds/:build/cancel", scope: ofBuild, ticket: true, role: developer, does: "Cancel a build or, when it has ended, what comes after it in Jenkins", did: "build.cancel", takes: rest.Cancel{}, gives: slipway.Build{}, handle: s.cancelBuild},
		{method: post, path: "/api/v1/builds/:build/retry", scope: ofBuild, role: developer, does: "Build a commit again whose build did not succeed", did: "build.retry", gives: slipway.Build{}, status: http.StatusCreated, handle: s.retryBuild},
		{method: post, path: "/api/v1/builds/:build/rebuild", scope: ofBuild, role: developer, does: "Build a commit again", did: "build.rebuild", takes: rest.Rebuild{}, gives: slipway.Build{}, status: http.StatusCreated, handle: s.rebuild},
		{method: get, path: "/api/v1/queue", scope: anyone, role: viewer, does: "The builds that wait, in the order in which they will start", query: paging(), gives: rest.List[rest.Waiting]{}, handle: s.listQueue},
	}
}

func (s *server) eventRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/events/stream", scope: anyone, role: viewer, does: "Builds as they change: server-sent events build", raw: true, kinds: []string{eventStream}, handle: s.streamStates},
		{method: get, path: "/api/v1/events/:event", scope: ofEvent, role: viewer, does: "Show an event and what came of it", gives: rest.EventView{}, handle: s.showEvent},
		{method: post, path: "/api/v1/events/:event/approve", scope: ofEvent, role: maintainer, does: "Let an event of a fork be built, at this commit", did: "event.approve", takes: rest.Approval{}, gives: slipway.EventRecord{}, handle: s.approveEvent},
	}
}

func (s *server) jenkinsRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/teams/:team/jenkins", scope: ofTeam, role: viewer, does: "Show the Jenkins controller of a team, its own or the platform's, and what waits for it", gives: rest.ControllerView{}, handle: s.showController},
		{method: put, path: "/api/v1/teams/:team/jenkins", scope: ofTeam, role: maintainer, does: "Set a team's own Jenkins controller", did: "jenkins.set", takes: rest.NewController{}, gives: slipway.Controller{}, handle: s.setController},
		{method: remove, path: "/api/v1/teams/:team/jenkins", scope: ofTeam, role: maintainer, does: "Forget a team's own Jenkins controller; what is there stays there", did: "jenkins.remove", handle: s.removeController},
		{method: post, path: "/api/v1/teams/:team/jenkins/check", scope: ofTeam, role: maintainer, does: "Try the Jenkins controller of a team and the downstream jobs of its services; changes nothing", did: "jenkins.check", gives: rest.ControllerCheck{}, handle: s.tryController},
		{method: get, path: "/api/v1/jenkins", scope: platform, role: operator, does: "Show the platform's Jenkins controller, and what waits for it", gives: rest.ControllerView{}, handle: s.showController},
		{method: put, path: "/api/v1/jenkins", scope: platform, role: operator, does: "Set the platform's Jenkins controller, of teams that have none", did: "jenkins.set", takes: rest.NewController{}, gives: slipway.Controller{}, handle: s.setController},
		{method: remove, path: "/api/v1/jenkins", scope: platform, role: operator, does: "Forget the platform's Jenkins controller", did: "jenkins.remove", handle: s.removeController},
		{method: post, path: "/api/v1/jenkins/check", scope: platform, role: operator, does: "Try the platform's Jenkins controller; changes nothing", did: "jenkins.check", gives: rest.ControllerCheck{}, handle: s.tryController},
		{method: get, path: "/api/v1/jenkins/controllers", scope: platform, role: operator, does: "List all Jenkins controllers", query: paging(), gives: rest.List[slipway.Controller]{}, handle: s.listControllers},
		{method: get, path: "/api/v1/teams/:team/services/:service/downstream", scope: ofService, role: viewer, does: "Show the Jenkins job that does what comes after a service's builds", gives: rest.Downstream{}, handle: s.showDownstream},
		{method: put, path: "/api/v1/teams/:team/services/:service/downstream", scope: ofService, role: maintainer, does: "Set the Jenkins job that does what comes after a service's builds of the default branch and of tags", did: "jenkins.downstream", takes: rest.Downstream{}, gives: rest.Downstream{}, handle: s.setDownstream},
		{method: get, path: "/api/v1/builds/:build/jenkins", scope: ofBuild, role: viewer, does: "List what a build is in Jenkins", query: paging(), gives: rest.List[slipway.JenkinsRun]{}, handle: s.listRuns},
	}
}

func (s *server) platformRoutes() []route {
	return []route{
		{method: get, path: "/api/v1/join", scope: platform, role: slipway.RoleWorker, does: "What a worker on another machine needs to know", gives: rest.Joining{}, handle: s.join},
		{method: get, path: "/api/v1/workers", scope: platform, role: operator, does: "List workers", query: paging(), gives: rest.List[slipway.Worker]{}, handle: s.listWorkers},
		{method: post, path: "/api/v1/workers/:worker/drain", scope: platform, role: operator, does: "Give a worker nothing new", did: "worker.drain", handle: s.drainWorker},
		{method: post, path: "/api/v1/workers/:worker/undrain", scope: platform, role: operator, does: "Take a worker back into the rota", did: "worker.undrain", handle: s.undrainWorker},
		{method: get, path: "/api/v1/tokens", scope: platform, role: operator, does: "List all tokens", query: paging(), gives: rest.List[slipway.Token]{}, handle: s.listTokens},
		{method: post, path: "/api/v1/tokens", scope: platform, role: operator, does: "Make a token of no team: an operator's or a worker's; its text is shown once", did: "token.add", takes: rest.NewToken{}, gives: rest.TokenMade{}, status: http.StatusCreated, handle: s.addToken},
		{method: get, path: "/api/v1/audit", scope: platform, role: operator, does: "Who did what, newest first", query: paging(), gives: rest.List[slipway.AuditEntry]{}, handle: s.auditLog},
	}
}

func (s *server) pageRoutes() []route {
	return []route{
		{method: get, path: "/", page: true, raw: true, scope: anyone, role: viewer, does: "The newest builds", query: []string{"before"}, handle: s.homePage},
		{method: get, path: "/builds/:build", page: true, raw: true, scope: ofBuild, role: viewer, does: "A build and its log, as it comes", handle: s.showBuildPage},
		{method: get, path: "/builds/:build/log", page: true, raw: true, scope: ofBuild, role: viewer, does: "A build's log as text", query: []string{"follow"}, handle: s.showLog},
		{method: get, path: "/events/:event", page: true, raw: true, scope: ofEvent, role: viewer, does: "An event and what came of it", query: []string{"before"}, handle: s.eventPage},
		{method: get, path: "/login", page: true, raw: true, does: "Where a person enters a token", handle: s.showLogin},
		{method: post, path: "/login", page: true, raw: true, does: "Keeps a token in the browser's cookie", handle: s.login},
		{method: post, path: "/logout", page: true, raw: true, does: "Takes the cookie away", handle: s.logout},
		{method: get, path: "/style.css", page: true, raw: true, does: "The pages' style", handle: s.style},
	}
}
