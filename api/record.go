package api

import (
	"context"
	"net/http"
	"time"

	"github.com/slipway-ci/slipway"
)

// Record is what the API remembers in and reads from. Its errors are
// *slipway.Error where a caller can mend them: CodeNotFound for what is not
// there, CodeConflict for what has moved on.
type Record interface {
	Owned
	Worked
	Jenkins
	Comparisons
	Ruled
}

// Jenkins is what is known of Jenkins.
type Jenkins interface {
	Controllers
	Runs
}

// Controllers are teams' links to Jenkins; team "" is the platform.
type Controllers interface {
	SetController(ctx context.Context, c slipway.Controller, k slipway.ControllerKeys) (id int64, err error)
	// ControllerOf is a team's own or the platform's, CodeNotFound for neither.
	ControllerOf(ctx context.Context, team string) (slipway.Controller, error)
	Controllers(ctx context.Context, team string) ([]slipway.Controller, error)
	ControllerKeys(ctx context.Context, id int64) (slipway.ControllerKeys, error)
	RemoveController(ctx context.Context, id int64) error
}

// Runs are what builds are in Jenkins, and what comes after them there.
type Runs interface {
	JenkinsRuns(ctx context.Context, build int64) ([]slipway.JenkinsRun, error)
	JenkinsWaits(ctx context.Context, controller int64) (slipway.JenkinsWaits, error)
	Downstream(ctx context.Context, service slipway.ServiceName) (job string, err error)
	SetDownstream(ctx context.Context, service slipway.ServiceName, job string) error
	// StopJenkinsRun is CodeConflict when nothing of that kind runs.
	StopJenkinsRun(ctx context.Context, build int64, kind slipway.JenkinsRunKind) error
}

// Owned is what teams have.
type Owned interface {
	Teams
	Connections
	Services
	Secrets
	Tokens
}

// Worked is what happens to it.
type Worked interface {
	Receiver
	Builds
	Events
	Workers
	Audits
}

// Comparisons are what events did not change.
type Comparisons interface {
	UnchangedBy(ctx context.Context, event int64) ([]slipway.Unchanged, error)
}

// Ruled is what those who are responsible decide about it.
type Ruled interface {
	// RemoveTeam and RemoveConnection take away what hangs on them, too, when
	// they are forced; else they are CodeConflict, which lists it.
	RemoveTeam(ctx context.Context, name string, force bool, who string, at time.Time) (slipway.Removed, error)
	RemoveConnection(ctx context.Context, id int64, force bool, who string, at time.Time) (slipway.Removed, error)
	Policy(ctx context.Context, team string) (slipway.Policy, error)
	// SetPolicy changes the rules that are named; "" is nothing any more.
	SetPolicy(ctx context.Context, team string, change slipway.Policy) error
}

// Teams are those who own things.
type Teams interface {
	Teams(ctx context.Context) ([]string, error)
	AddTeam(ctx context.Context, name string) error
}

// Connections are links to repositories.
type Connections interface {
	// Connect makes a connection or, for the same team, forge and URL, changes it.
	Connect(ctx context.Context, c slipway.Connection, k slipway.Keys) (id int64, err error)
	Connection(ctx context.Context, id int64) (slipway.Connection, error)
	Connections(ctx context.Context, team string) ([]slipway.Connection, error)
	Keys(ctx context.Context, id int64) (slipway.Keys, error)
	SetKeys(ctx context.Context, id int64, k slipway.Keys) error
}

// Services are registered.
type Services interface {
	AddService(ctx context.Context, s slipway.Service) (id int64, err error)
	Service(ctx context.Context, name slipway.ServiceName) (slipway.Service, error)
	Services(ctx context.Context, team string) ([]slipway.Service, error)
	RemoveService(ctx context.Context, name slipway.ServiceName) error
}

// Secrets are set and never read here. Service "" is the whole team.
type Secrets interface {
	SetSecret(ctx context.Context, team, service, name, value string, at time.Time) error
	RemoveSecret(ctx context.Context, team, service, name string) error
	SecretNames(ctx context.Context, team string) ([]slipway.SecretName, error)
}

// Tokens are kept as hashes.
type Tokens interface {
	AddToken(ctx context.Context, t slipway.Token, hash [32]byte) (id int64, err error)
	// TokenOf is CodeForbidden for none, one that expired or was revoked.
	TokenOf(ctx context.Context, hash [32]byte, now time.Time) (slipway.Token, error)
	Tokens(ctx context.Context, team string) ([]slipway.Token, error)
	RevokeToken(ctx context.Context, id int64) error
}

// Receiver records deliveries.
type Receiver interface {
	// Receive gives the ids of the events that something will come of: none
	// for what it knows already.
	Receive(ctx context.Context, d slipway.Delivery) (ids []int64, err error)
}

// Builds are looked at, cancelled and made again.
type Builds interface {
	Build(ctx context.Context, id int64) (slipway.Build, error)
	Builds(ctx context.Context, p slipway.BuildPage) ([]slipway.Build, error)
	// Log gives up to most chunks after one.
	Log(ctx context.Context, build int64, after slipway.Chunk, most int) ([]slipway.Chunk, error)
	Cancel(ctx context.Context, build int64, reason string, at time.Time) error
	Rebuild(ctx context.Context, build int64, force bool, who string, at time.Time) (id int64, err error)
}

// Events are what happened to repositories.
type Events interface {
	Event(ctx context.Context, id int64) (slipway.EventRecord, error)
	Events(ctx context.Context, connection, before int64, most int) ([]slipway.EventRecord, error)
	// Approve is CodeConflict unless the event is held and its head is that commit.
	Approve(ctx context.Context, event int64, commit, who string, at time.Time) error
	Start(ctx context.Context, connection int64, e slipway.Event, at time.Time) (event int64, err error)
	// Moved is CodeNotFound unless a push moved that ref to that commit.
	Moved(ctx context.Context, connection int64, ref, commit string) (slipway.EventRecord, error)
}

// Workers are those that were heard of.
type Workers interface {
	Workers(ctx context.Context) ([]slipway.Worker, error)
	Drain(ctx context.Context, worker string, drain bool) error
}

// Audits remembers who did what.
type Audits interface {
	Audit(ctx context.Context, e slipway.AuditEntry) error
	AuditLog(ctx context.Context, team string, before int64, most int) ([]slipway.AuditEntry, error)
}

// Forges verifies and reads deliveries of each kind of forge. They are pure
// functions of what they are given.
type Forges interface {
	Names() []string
	// Verify gives the forge's own name for a delivery that is authentic;
	// CodeForbidden for any other.
	Verify(forge string, header http.Header, body []byte, secrets []string, now time.Time) (id string, err error)
	// Events are what it tells: none for what no build follows from,
	// CodeInvalid for what is not of the forge's form.
	Events(forge string, header http.Header, body []byte) ([]slipway.Event, error)
}

// Bell carries wake-ups between parts of the service. They may be lost.
type Bell interface {
	Ring(topic string)
	// Listen calls hear for each ring of a topic, and of those below it
	// ("build" hears "build.7"), until stop is called.
	Listen(topic string, hear func(topic string)) (stop func(), err error)
}

// Queue tells of the builds that wait, in the order in which they will start.
type Queue interface {
	Queue(ctx context.Context) ([]slipway.Waiting, error)
}

// Check is a part of the service that is tried when somebody asks whether it
// is ready.
type Check struct {
	Name string
	Try  func(ctx context.Context) error
}
