package contract

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Runner runs images on a read-only root, with empty volumes and a network
// of their own. Start fails with a *slipway.Error: of code invalid or failed
// when the image is to blame.
type Runner interface {
	Start(ctx context.Context, img v1.Image, t Trial) (Running, error)
}

// Trial is how an image is to run.
type Trial struct {
	User         string            // "uid:gid"
	Env          map[string]string // over the image's
	WritableRoot bool              // to find out whether that is what a program wants
}

// Running is an image that runs.
type Running interface {
	// Get asks for a path on a port, by HTTP, and gives the status.
	Get(ctx context.Context, port int, path string) (int, error)
	// Terminate sends SIGTERM.
	Terminate() error
	// Wait waits for the end and gives the exit code; an error of ctx means
	// that it has not ended yet.
	Wait(ctx context.Context) (int, error)
	// Seen gives what the program has shown so far.
	Seen() Seen
	// Close ends what still runs and removes all traces.
	Close() error
}

// Seen is what a program wrote.
type Seen struct {
	Stdout, Stderr string   // their beginning
	Files          []string // in its volumes, absolute paths
	Written        []string // outside its volumes, on a writable root, absolute paths: files and, with a slash at their end, directories that are empty
	Program        string   // path of what runs under the init now, "" when that is not known
	Listening      []Listener
}

// Listener is a TCP port on which the program waits for connections.
type Listener struct {
	Port     int
	Loopback bool // at the loopback's address alone, where nobody outside reaches it
}
