//go:build e2e

package e2e_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/e2e/localforge"
)

// scaleTime is how long the whole may take where the stack images are there
// and the machine does nothing else.
const scaleTime = 3 * time.Minute

// registryPassword opens the registry that the control planes share.
const registryPassword = "of-the-registry"

// scale is the shape that outgrew one machine: a record in PostgreSQL, a
// cluster of NATS, two control planes behind a balancer and three workers with
// engines of their own. Each is a machine by itself.
type scale struct {
	*chaos

	network  *network
	nats     *natsCluster
	postgres *postgres
	leading  *part // the control plane that dispatches
	planes   map[string]*part
}

// TestScale kills one of each while pushes come: the server that leads the
// queue, the control plane that dispatches, and a worker that builds. What is
// left does their work. Then the control plane comes back and the other one
// is killed, with the registry, and started again. Nothing is lost and nothing
// failed.
func TestScale(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	s := newScale(t)
	for range 2 {
		s.pushAll(t)
	}
	worker := s.busy(t)
	s.lose(t, worker)
	s.pushAll(t)
	s.settles(t)
	s.leads(t, s.server)
	s.loseRegistry(t)
	s.settles(t)
	s.everyHeadHasItsBuild(t)
	s.everySuccessHasItsImage(t)
	s.everyStatusWasTold(t)
	s.everyLogIsWhole(t)
	s.server.must(t, "check", "shop/pages:main") // beside the server, with what opens its registry
	s.somebodyElseBuilt(t, worker)
	t.Logf("%d pushes, all over after %s (at most %s where nothing else runs)", s.counts["pushes"], time.Since(begun).Round(time.Second), scaleTime)
	s.workers = append(s.workers, s.leading)
	s.ends(t)
	nothingLeft(t, worker.world)
}

func newScale(t *testing.T) *scale {
	t.Helper()
	n := newNetwork(t)
	s := &scale{network: n, nats: newNATSCluster(t, n), postgres: newPostgres(t, n), planes: map[string]*part{}}
	s.chaos = &chaos{counts: map[string]int{}}
	var err error
	if s.forge, err = localforge.Start(t.Context(), localforge.Config{Dir: t.TempDir(), Listen: n.host() + ":0", Token: "forge"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.forge.Close() })
	s.startPlanes(t)
	s.token = decode[struct{ Token string }](t, read(t, filepath.Join(s.server.data, "run", "endpoint.json"))).Token
	s.connect(t)
	made := decode[rest.TokenMade](t, s.must(t, http.MethodPost, "/api/v1/tokens", `{"name":"workers","role":"worker"}`))
	for number := range 3 {
		s.startWorker(t, fmt.Sprintf("w%d", number+1), made.Text)
	}
	return s
}

// startPlanes starts the control plane that will dispatch, and then the one
// that has the registry, which takes over.
func (s *scale) startPlanes(t *testing.T) {
	t.Helper()
	first, second := s.network.machine(t), s.network.machine(t)
	s.url = balance(t, s.network.host(), first.address+":8080", second.address+":8080")
	s.registry = "http://slipway:" + registryPassword + "@" + second.address + ":5080"
	seal := filepath.Join(t.TempDir(), "seal")
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails (Go 1.24)
	if err := os.WriteFile(seal, key, 0o600); err != nil {
		t.Fatal(err)
	}
	common := []string{"serve", "--url", s.url, "--database", s.postgres.url, "--queue", strings.Join(s.nats.urls, ","), "--seal-key", seal, "--log", "json"}
	env := []string{
		"SLIPWAY_QUEUE_USER=control", "SLIPWAY_QUEUE_PASSWORD=" + controlPassword, "SLIPWAY_REGISTRY_PASSWORD=" + registryPassword,
		"SLIPWAY_QUEUE_WORKER_USER=workers", "SLIPWAY_QUEUE_WORKER_PASSWORD=" + workersPassword,
	}
	stacked := furnished(t, newDataDir(t), env...)
	s.leading = &part{
		world: &world{program: first.program(t, stacked.program), data: newDataDir(t), env: env}, about: "server", ready: "Slipway is up",
		args: append(slices.Clip(common), "--listen", first.address+":8080", "--registry-url", "http://"+second.address+":5080"),
	}
	stacked.program = second.program(t, stacked.program)
	s.server = &part{
		world: stacked, about: "server", ready: "Slipway is up",
		args: append(slices.Clip(common), "--listen", second.address+":8080", "--registry", second.address+":5080"),
	}
	s.planes[first.address], s.planes[second.address] = s.leading, s.server
	s.start(t, s.leading)
	s.leads(t, s.leading)
	s.start(t, s.server)
}

// startWorker starts a worker; the first one has a user of its own on the
// cluster, the others have what the server tells them.
func (s *scale) startWorker(t *testing.T, name, token string) {
	t.Helper()
	m := s.network.machine(t)
	env := []string{"SLIPWAY_SERVER=" + s.url, "SLIPWAY_TOKEN=" + token}
	if name == "w1" {
		env = append(env, "SLIPWAY_QUEUE_PASSWORD="+ownPassword)
	}
	w := &part{
		world: &world{program: m.program(t, program(t)), data: newDataDir(t), env: env}, about: name, ready: "works for",
		args: []string{"worker", "--name", name, "--slots", "1", "--log", "json"},
	}
	s.workers = append(s.workers, w)
	s.start(t, w)
}

// pushAll changes each repository.
func (s *scale) pushAll(t *testing.T) {
	t.Helper()
	for _, r := range s.repositories {
		s.pushTo(t, r)
	}
}

// busy waits until a worker builds, and gives it.
func (s *scale) busy(t *testing.T) (worker *part) {
	t.Helper()
	found := func() bool {
		for _, b := range s.builds(t, "?state=running") {
			for _, w := range s.workers {
				if b.Worker == w.about {
					worker = w
				}
			}
		}
		return worker != nil
	}
	if !eventually(time.Minute, found) {
		t.Fatalf("nobody builds anything\n%s", s.words())
	}
	return worker
}

// lose kills one of each.
func (s *scale) lose(t *testing.T, worker *part) {
	t.Helper()
	queue := s.nats.leader(t)
	if leader := s.planes[s.postgres.leader(t)]; leader != s.leading {
		t.Fatal("the control plane that was first does not dispatch")
	}
	queue.kill()
	for _, p := range []*part{worker, s.leading} {
		if err := p.process.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.process.done
	}
	var left []*part
	for _, w := range s.workers {
		if w != worker {
			left = append(left, w)
		}
	}
	s.workers = left
	t.Logf("lost: the leader of the queue at %s, the control plane that dispatched, and %s", queue.address, worker.about)
}

// loseRegistry brings back the control plane that was lost and kills the
// other one while something is pushed. Builds wait for the registry, which is
// there again when that one is started.
func (s *scale) loseRegistry(t *testing.T) {
	t.Helper()
	s.start(t, s.leading)
	if err := s.server.process.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.server.process.done
	s.pushAll(t)
	s.leads(t, s.leading)
	if !eventually(time.Minute, func() bool { return s.expanded(t) }) {
		t.Fatalf("what was pushed makes no builds\n%s", s.words())
	}
	s.start(t, s.server)
	t.Log("lost: the control plane with the registry, which is back")
}

// expanded tells whether each head has a build.
func (s *scale) expanded(t *testing.T) bool {
	t.Helper()
	for _, r := range s.repositories {
		if len(s.builds(t, "?commit="+r.heads[len(r.heads)-1])) == 0 {
			return false
		}
	}
	return true
}

// leads waits until a control plane dispatches.
func (s *scale) leads(t *testing.T, plane *part) {
	t.Helper()
	if !eventually(10*time.Second, func() bool { return s.planes[s.postgres.leader(t)] == plane }) {
		t.Fatalf("the control plane that is left does not dispatch\n%s", s.words())
	}
}

// somebodyElseBuilt sees that the lost worker's build was built again: that
// something was lost at all.
func (s *scale) somebodyElseBuilt(t *testing.T, worker *part) {
	t.Helper()
	again := 0
	for _, b := range s.builds(t, "?state=succeeded") {
		if b.Attempt > 1 {
			again++
			t.Logf("build %d of %s took %d attempts, the last one by %s", b.ID, b.Service, b.Attempt, b.Worker)
			if b.Worker == worker.about {
				t.Errorf("build %d was ended by a worker that was killed", b.ID)
			}
		}
	}
	if again == 0 {
		t.Error("no build was begun again: the worker that was killed built nothing")
	}
}

// balance passes requests on to whichever control plane answers, as the
// balancer in front of them does, and gives its URL.
func balance(t *testing.T, host string, planes ...string) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	var turn atomic.Int64
	dial := func(ctx context.Context, network, _ string) (conn net.Conn, err error) {
		first := int(turn.Add(1))
		for i := range planes {
			var refused error
			if conn, refused = (&net.Dialer{}).DialContext(ctx, network, planes[(first+i)%len(planes)]); refused == nil {
				return conn, nil
			}
			err = errors.Join(err, refused)
		}
		return nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "control"}) },
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true},
		FlushInterval: -1, ErrorLog: nil,
	}}
	go func() { _ = server.Serve(ln) }() // ends with the test
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + ln.Addr().String()
}
