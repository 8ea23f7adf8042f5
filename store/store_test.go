package store_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// test is one subject of the suite that both databases pass.
type test struct {
	name string
	run  func(*record, *testing.T)
}

// TestStore runs one suite against both databases.
func TestStore(t *testing.T) {
	t.Parallel()
	open := map[string]func(t *testing.T) string{
		"sqlite":   newFile,
		"postgres": newDatabase,
	}
	suite := slices.Concat(receiveTests(), headTests(), eventTests(), expandTests(), supersedeTests(), registerTests(), needsTests(), attemptTests(), holdTests(), rebuildTests(), logTests(), outboxTests(),
		buildTests(), nameTests(), secretTests(), tokenTests(), workerTests(), forgetTests(), wholeTests(), removeTests(), policyTests(), askedTests(), jenkinsTests())
	for name, address := range open {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, test := range suite {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(newRecord(t, address(t)), t)
				})
			}
		})
	}
}

// newFile gives the address of a SQLite record that is not there yet.
func newFile(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "record.db")
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// key seals the records of the tests.
var key = bytes.Repeat([]byte{7}, 32)

// record is a store with a team, a connection and a service.
type record struct {
	*store.Store
	address             string
	connection, service int64
	deliveries          int
}

func open(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Key: key})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newRecord(t *testing.T, address string) *record {
	t.Helper()
	s := open(t, address)
	r := &record{Store: s, address: address}
	must(t, s.AddTeam(t.Context(), "shop"))
	r.connection = r.connect(t, "shop", "shop/cart")
	r.service = got(t)(s.AddService(t.Context(), slipway.Service{Name: cart, Connection: r.connection}))
	return r
}

var cart = slipway.ServiceName{Team: "shop", Name: "cart"}

func (r *record) connect(t *testing.T, team, repository string) int64 {
	t.Helper()
	c := slipway.Connection{Team: team, Forge: "github", Repository: repository, URL: "https://forge.example/" + repository + ".git", Created: noon}
	return got(t)(r.Connect(t.Context(), c, slipway.Keys{Hooks: []string{"secret"}}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got gives a value and fails for an error.
func got(t *testing.T) func(v int64, err error) int64 {
	t.Helper()
	return func(v int64, err error) int64 {
		t.Helper()
		must(t, err)
		return v
	}
}

func wants(t *testing.T, err error, code slipway.Code) {
	t.Helper()
	if slipway.ErrorCode(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// push receives a push of main under a delivery of its own.
func (r *record) push(t *testing.T, object string) []int64 {
	t.Helper()
	r.deliveries++
	return r.receive(t, fmt.Sprintf("d-%d", r.deliveries), slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: object})
}

func (r *record) receive(t *testing.T, delivery string, events ...slipway.Event) []int64 {
	t.Helper()
	ids, err := r.Receive(t.Context(), slipway.Delivery{Connection: r.connection, ID: delivery, At: noon, Events: events})
	must(t, err)
	return ids
}

// build is one that waits.
func (r *record) build(t *testing.T, object string) int64 {
	t.Helper()
	return r.expand(t, r.push(t, object)[0], object, false)
}

// expand finds the one service, with inputs of its own in each commit.
func (r *record) expand(t *testing.T, event int64, object string, supersede bool) int64 {
	t.Helper()
	out := r.finds(t, event, object, slipway.ExpandPolicy{Default: "refs/heads/main"}, slipway.Found{Name: "cart", Inputs: "inputs of " + object, Supersede: &supersede})
	if len(out.Builds) != 1 {
		t.Fatalf("%+v, want one build", out)
	}
	return out.Builds[0]
}

// finds expands an event.
func (r *record) finds(t *testing.T, event int64, commit string, p slipway.ExpandPolicy, found ...slipway.Found) slipway.Expanded {
	t.Helper()
	out, err := r.Expand(t.Context(), event, slipway.Expansion{Commit: commit, Services: found}, p, noon)
	must(t, err)
	return out
}

// ends finishes a build with success.
func (r *record) ends(t *testing.T, build int64) {
	t.Helper()
	must(t, r.Finish(t.Context(), r.claim(t, build), 0, slipway.Outcome{State: slipway.BuildSucceeded}, noon))
}

// same compares two values.
func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func (r *record) claim(t *testing.T, build int64) slipway.Attempt {
	t.Helper()
	a, err := r.Claim(t.Context(), build, "worker-1", noon, noon.Add(time.Minute))
	must(t, err)
	return a
}

func (r *record) state(t *testing.T, build int64) slipway.Build {
	t.Helper()
	b, err := r.Build(t.Context(), build)
	must(t, err)
	return b
}
