package engine

import (
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

// Host is the name under which the embedded registry answers inside the engine.
const Host = "slipway.internal"

// daemonConfig is the part of buildkitd's configuration file that we set
// (BuildKit v0.34.2, cmd/buildkitd/config).
type daemonConfig struct {
	Root       string                    `toml:"root"`
	GRPC       daemonGRPC                `toml:"grpc"`
	OTEL       daemonOTEL                `toml:"otel"`
	CDI        daemonSwitch              `toml:"cdi"`
	Worker     map[string]any            `toml:"worker"`
	Registries map[string]daemonRegistry `toml:"registry"`
	History    daemonHistory             `toml:"history"`
	Frontend   map[string]daemonEnabled  `toml:"frontend"`
	Provenance string                    `toml:"provenanceEnvDir"`
}

type daemonGRPC struct {
	Address []string `toml:"address"`
}

type daemonOTEL struct {
	SocketPath string `toml:"socketPath"`
}

type daemonSwitch struct {
	Disabled bool `toml:"disabled"`
}

type daemonEnabled struct {
	Enabled bool `toml:"enabled"`
}

type daemonRegistry struct {
	HTTP bool `toml:"http"`
}

type daemonHistory struct {
	MaxEntries int `toml:"maxEntries"`
}

type daemonWorker struct {
	Enabled      bool       `toml:"enabled"`
	Snapshotter  string     `toml:"snapshotter"`
	Network      string     `toml:"networkMode"`
	Rootless     bool       `toml:"rootless"`
	Parallelism  int        `toml:"max-parallelism"`
	CgroupParent string     `toml:"defaultCgroupParent,omitempty"`
	GC           bool       `toml:"gc"`
	Policies     []gcPolicy `toml:"gcpolicy"`
}

// daemonFile renders the configuration file. No entitlement is granted: a step
// that asks for the host's network or for privileges is refused by the daemon.
// Frontends out of images (gateway.v0) are off, because they run foreign code
// with the build's session; our own client's Build does not need them.
func (c *Config) daemonFile(cgroup string) ([]byte, error) {
	disk, err := statDisk(c.Dir)
	if err != nil {
		return nil, err
	}
	worker := daemonWorker{
		Enabled: true, Snapshotter: "overlayfs", Network: "host", Rootless: c.Rootless,
		Parallelism: c.Limits.Parallelism, CgroupParent: cgroup,
		GC: true, Policies: gcPolicies(disk, c.Limits.CacheBytes),
	}
	file, err := toml.Marshal(daemonConfig{
		Root:       c.Dir,
		GRPC:       daemonGRPC{Address: []string{"unix://" + c.socket()}},
		OTEL:       daemonOTEL{SocketPath: filepath.Join(c.Run, "otel.sock")},
		CDI:        daemonSwitch{Disabled: true},
		Worker:     map[string]any{"oci": worker, "containerd": daemonEnabled{}},
		Registries: map[string]daemonRegistry{Host: {HTTP: true}},
		Frontend:   map[string]daemonEnabled{"dockerfile.v0": {Enabled: true}, "gateway.v0": {}},
		Provenance: filepath.Join(c.Dir, "provenance.d"),
	})
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeInternal, "the daemon's configuration cannot be written down").Because(err)
	}
	return file, nil
}

// daemonEnv is the daemon's whole environment: nothing of ours is inherited,
// so no secret of ours is in a process that build steps are children of.
// The log limits of BuildKit (2 MiB a step, 200 KiB/s) lose a log's last line
// and are off; the solver has its own.
func (c *Config) daemonEnv(path, gate string) []string {
	env := []string{
		"PATH=" + path,
		"HOME=" + c.Dir,
		"TMPDIR=" + c.temp(),
		"BUILDKIT_STEP_LOG_MAX_SIZE=-1",
		"BUILDKIT_STEP_LOG_MAX_SPEED=-1",
		"HTTP_PROXY=" + gate,
		"HTTPS_PROXY=" + gate,
	}
	if c.Rootless {
		env = append(env, "XDG_RUNTIME_DIR="+c.runtimeDir(), "USER=slipway")
	}
	if len(c.Settings.CA) > 0 {
		env = append(env, "SSL_CERT_FILE="+c.caFile())
	}
	return env
}

func (c *Config) caFile() string     { return filepath.Join(c.Dir, "ca.pem") }
func (c *Config) configFile() string { return filepath.Join(c.Dir, "buildkitd.toml") }

// writeFiles puts what the daemon reads at its start where it looks for it,
// and removes what a killed one may have left.
func (c *Config) writeFiles(cgroup string) error {
	file, err := c.daemonFile(cgroup)
	if err != nil {
		return err
	}
	for _, stale := range []string{
		c.socket(), filepath.Join(c.Run, "otel.sock"), c.temp(), c.caFile(),
		filepath.Join(c.Dir, "runc-overlayfs", "executor"), // bundles of killed steps; their mounts died with the namespace
	} {
		if err := os.RemoveAll(stale); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "%s of an earlier engine cannot be removed", stale).Because(err)
		}
	}
	if err := os.Mkdir(c.temp(), 0o700); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the directory %s cannot be made", c.temp()).Because(err)
	}
	if err := os.WriteFile(c.configFile(), file, 0o600); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the daemon's configuration %s cannot be written", c.configFile()).Because(err)
	}
	if len(c.Settings.CA) == 0 {
		return nil
	}
	if err := os.WriteFile(c.caFile(), c.Settings.CA, 0o600); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the CA bundle %s cannot be written", c.caFile()).Because(err)
	}
	return nil
}
