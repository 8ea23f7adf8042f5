package worker

import (
	"cmp"
	"log/slog"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// Config of a Worker. What is zero is as said.
type Config struct {
	Name       string
	Version    string
	Platform   string // "linux/amd64"
	Trust      []slipway.Trust
	Slots      int    // builds at once; 1
	Expansions int    // events expanded at once, beside the builds; 2
	Dir        string // the data directory, whose disk is watched; "": none is
	Floor      uint64 // bytes that must be free there
	Head       int64  // bytes of an attempt's log that are kept from its begin; 16 MiB
	Tail       int64  // and from its end; 4 MiB, in memory

	Beat    time.Duration // between reports; 2 s
	Look    time.Duration // between looks at the machine's health; 5 s
	Patient time.Duration // how long a job waits for a slot that gets free; 3 s
	Grace   time.Duration // how long a worker that ends tries to hand back what it has; 15 s

	Free func(dir string) (uint64, error) // bytes; statfs(2)
	Now  func() time.Time                 // time.Now
	Log  *slog.Logger

	Traces Traces // nil: nobody watches
}

func (c Config) withDefaults() Config {
	const mib = 1 << 20
	c.Slots, c.Expansions = cmp.Or(c.Slots, 1), cmp.Or(c.Expansions, 2)
	c.Head, c.Tail = cmp.Or(c.Head, 16*mib), cmp.Or(c.Tail, 4*mib)
	c.Beat, c.Look = cmp.Or(c.Beat, 2*time.Second), cmp.Or(c.Look, 5*time.Second)
	c.Patient, c.Grace = cmp.Or(c.Patient, 3*time.Second), cmp.Or(c.Grace, 15*time.Second)
	if c.Traces == nil {
		c.Traces = unwatched{}
	}
	if c.Free == nil {
		c.Free = free
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// free is what a file system has left for us, without root's reserve.
func free(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return fs.Bavail * uint64(fs.Bsize), nil //nolint:gosec // a block size is positive
}
