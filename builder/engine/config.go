package engine

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Config says what engine to start. The zero value of Limits means the
// defaults of [Limits].
type Config struct {
	Dir         string           // the daemon's own data; made when missing
	Run         string           // where its socket goes; made when missing, closed to others; a short path
	Buildkitd   string           // path of the daemon's program
	Self        []string         // argv that runs this program so that it calls Init
	Registry    http.Handler     // answers as slipway.internal inside; authentication is its own; nil: 404
	Settings    slipway.Settings // the organisation's CA, proxy and named private hosts
	HostNetwork bool             // explicit and unsafe: build steps share the host's network
	Rootless    bool             // not root: in a user namespace
	Limits      Limits
	Log         io.Writer // the daemon's own log; nil: nowhere
}

// Limits bound what the engine uses of the machine.
type Limits struct {
	Parallelism int           // steps at once; 0: the number of CPUs, at least 2
	Processes   int64         // processes and threads of all steps together; 0: 16384
	CacheBytes  int64         // the build cache; 0: a share of the free disk, see gcPolicies
	FreeBytes   int64         // refuse a build when less disk is free; 0: 1 GiB
	Start       time.Duration // until a client can list workers; 0: 30 s
	Grace       time.Duration // from SIGTERM to the kill; 0: 10 s
}

// maxSocketPath is the longest path of a Unix socket on Linux: sun_path is 108
// bytes with its final zero (unix(7)).
const maxSocketPath = 107

func (l Limits) withDefaults() Limits {
	if l.Parallelism == 0 {
		l.Parallelism = max(2, runtime.NumCPU())
	}
	if l.Processes == 0 {
		l.Processes = 16384
	}
	if l.FreeBytes == 0 {
		l.FreeBytes = 1 << 30
	}
	if l.Start == 0 {
		l.Start = 30 * time.Second
	}
	if l.Grace == 0 {
		l.Grace = 10 * time.Second
	}
	return l
}

// prepare makes the paths absolute and the directories present, so that a
// mistake in the configuration is told before anything runs.
func (c *Config) prepare() error {
	c.Limits = c.Limits.withDefaults()
	if c.Log == nil {
		c.Log = io.Discard
	}
	if c.Rootless {
		if _, err := newIDMaps(); err != nil {
			return err
		}
	}
	if len(c.Self) == 0 {
		return slipway.Errorf(slipway.CodeInternal, "the engine was not told how to run its own program")
	}
	if err := checkProxy(c.Settings.Proxy); err != nil {
		return err
	}
	if err := c.paths(); err != nil {
		return err
	}
	if n := len(c.socket()); n > maxSocketPath {
		return slipway.Errorf(slipway.CodeUsage, "the socket path %s has %d bytes, a Unix socket takes %d", c.socket(), n, maxSocketPath).
			WithHint("choose a data directory with a shorter path")
	}
	for _, program := range []string{c.Buildkitd, "runc"} {
		if _, err := exec.LookPath(program); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the program %s is missing", program).
				WithHint("`slipway doctor` lists what the engine needs; runc is a Debian package, buildkitd comes with `make build`").Because(err)
		}
	}
	return nil
}

func (c *Config) paths() error {
	c.Self = slices.Clone(c.Self)
	paths := []*string{&c.Dir, &c.Run, &c.Buildkitd}
	if strings.Contains(c.Self[0], "/") { // init starts in another directory
		paths = append(paths, &c.Self[0])
	}
	for _, p := range paths {
		abs, err := filepath.Abs(*p)
		if err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the path %s cannot be resolved", *p).Because(err)
		}
		*p = abs
	}
	for _, dir := range []string{c.Dir, c.Run} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be made", dir).Because(err)
		}
	}
	// The daemon's socket is open to everyone, the directory must not be.
	if err := os.Chmod(c.Run, 0o700); err != nil { //nolint:gosec // a directory needs its x bit
		return slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be closed to other users", c.Run).Because(err)
	}
	return nil
}

func (c *Config) socket() string { return filepath.Join(c.Run, "buildkitd.sock") }
func (c *Config) temp() string   { return filepath.Join(c.Dir, "tmp") }

// runcState is where runc keeps its containers' state, hidden below a file
// system of the namespace's own. Root's place for it is fixed (runc(8)), and in
// a user namespace it is below XDG_RUNTIME_DIR.
func (c *Config) runcState() string {
	if c.Rootless {
		return filepath.Join(c.runtimeDir(), "runc")
	}
	return "/run/runc"
}

func (c *Config) runtimeDir() string { return filepath.Join(c.temp(), "run") }
