//go:build e2e

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/registry"
)

// endpoint is what `slipway up` leaves for the builds beside it.
type endpoint struct {
	PID      int    `json:"pid"`
	BuildKit string `json:"buildkit"`
	Registry string `json:"registry"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// office hours: one `up` for everything that does not need a cold daemon.
type shared struct {
	*world
	endpoint
	up      *process
	samples map[string]string // by name: a copy of the sample service
}

// TestUp runs what builds do beside a running `slipway up`.
func TestUp(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	s := up(t)
	for _, name := range []string{"hello", "stdlib", "cgo", "workspace", "vendored"} {
		s.samples[name] = sample(t, name, filepath.Join(t.TempDir(), name))
	}
	t.Run("two builds at once", s.twoAtOnce)
	t.Run("every sample keeps the contract and answers", s.everySample)
	t.Run("eject", s.eject)
	t.Run("push and archive", s.delivery)
	t.Run("names of what git says", s.names)
	t.Run("its end", func(t *testing.T) {
		if err := s.up.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if o := s.up.wait(t); o.code != 0 {
			t.Errorf("exit code %d: %s", o.code, o.stderr)
		}
		nothingLeft(t, s.world)
	})
}

func up(t *testing.T) *shared {
	t.Helper()
	return upWith(t, "SLIPWAY_PRIVATE_HOSTS=127.0.0.1")
}

// upWith starts an `up` with an environment of its own.
func upWith(t *testing.T, env ...string) *shared {
	t.Helper()
	s := &shared{world: newWorld(t, env...), samples: map[string]string{}}
	s.up = s.start(t, "up", "--listen", "127.0.0.1:0", "--registry", "127.0.0.1:0", "--output", "json")
	s.up.until(t, "`slipway up` is up", time.Minute, func() bool { return json.Valid([]byte(s.up.stdout.String())) })
	b, err := os.ReadFile(filepath.Join(s.data, "run", "endpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	s.endpoint = decode[endpoint](t, string(b))
	if s.PID != s.up.cmd.Process.Pid {
		t.Errorf("the endpoint is process %d's, want %d's", s.PID, s.up.cmd.Process.Pid)
	}
	return s
}

// images is the registry as it listens.
func (s *shared) images() registry.Remote {
	return registry.Remote{Name: s.Registry, Insecure: true}
}

// twoAtOnce starts two builds that both have to compile, and sees them use
// the one daemon there is.
func (s *shared) twoAtOnce(t *testing.T) {
	daemon := s.daemon(t)
	one := s.start(t, "build", s.samples["hello"], "--service", "demo/hello", "--output", "json")
	other := s.start(t, "build", s.samples["stdlib"], "--service", "demo/stdlib", "--output", "json")
	for _, p := range []*process{one, other} {
		o := p.wait(t)
		if o.code != 0 {
			t.Fatalf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
		}
		if r := decode[buildResult](t, o.stdout); r.Known || r.Image.Digest == "" {
			t.Errorf("built %+v", r)
		}
	}
	if now := s.daemon(t); daemon == 0 || now != daemon {
		t.Errorf("buildkitd was process %d, is %d", daemon, now)
	}
}
