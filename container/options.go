package container

import "io"

// Options of a Start. The zero value runs the image as its configuration
// says.
type Options struct {
	// Dir holds the files of running containers, each in a folder of its own;
	// "" is a folder of the system's temporary directory.
	Dir string
	// Args is the command line in place of the image's own; nil is that.
	Args []string
	// User runs the program as this user, in the form of an image's USER
	// ("uid:gid"); "" is what the image says.
	User string
	// WritableRoot lets the program write to its root file system. The image
	// is not changed.
	WritableRoot bool
	// Env is laid over the image's environment.
	Env map[string]string
	// Memory is the most bytes that the container may use, PIDs the most
	// processes; 0 is DefaultMemory and DefaultPIDs. They hold where this
	// process may write control groups, which a person without root may not.
	Memory int64
	PIDs   int64
	// MaxBytes is the most bytes that the layers may expand to; 0 is
	// DefaultMaxBytes.
	MaxBytes int64
	// Stdout and Stderr get what the program writes, as it writes; nil is
	// nowhere. Output has the beginning of both in any case.
	Stdout, Stderr io.Writer
}

// Limits where Options gives none.
const (
	DefaultMemory   = 1 << 30
	DefaultPIDs     = 512
	DefaultMaxBytes = 8 << 30
)

func (o Options) withDefaults() Options {
	if o.Dir == "" {
		o.Dir = defaultDir()
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	if o.PIDs == 0 {
		o.PIDs = DefaultPIDs
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	return o
}
