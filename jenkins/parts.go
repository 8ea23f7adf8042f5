package jenkins

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Builds are what is shown, as the record has it. CodeNotFound is what was
// forgotten, CodeConflict what has ended.
type Builds interface {
	Build(ctx context.Context, id int64) (slipway.Build, error)
	Event(ctx context.Context, id int64) (slipway.EventRecord, error)
	// Log gives up to most chunks after one.
	Log(ctx context.Context, build int64, after slipway.Chunk, most int) ([]slipway.Chunk, error)
	Cancel(ctx context.Context, build int64, reason string, at time.Time) error
}

// Runs are what builds are in Jenkins, as far as the record knows.
type Runs interface {
	JenkinsRun(ctx context.Context, build int64, kind slipway.JenkinsRunKind) (slipway.JenkinsRun, error)
	SaveJenkinsRun(ctx context.Context, r slipway.JenkinsRun) error
	RunsToFollow(ctx context.Context, controller, after int64, most int) ([]slipway.JenkinsRun, error)
	Downstream(ctx context.Context, service slipway.ServiceName) (job string, err error)
	// NoteController remembers why a controller took nothing, "" when it did.
	NoteController(ctx context.Context, id int64, wrong string) error
}

// Sources are where Jenkins is, and how to get in.
type Sources interface {
	Controller(ctx context.Context, id int64) (slipway.Controller, error)
	ControllerOf(ctx context.Context, team string) (slipway.Controller, error)
	Controllers(ctx context.Context, team string) ([]slipway.Controller, error)
	ControllerKeys(ctx context.Context, id int64) (slipway.ControllerKeys, error)
}

// Leader tells who of several control planes speaks to Jenkins.
type Leader interface {
	Lead(ctx context.Context) bool
}
