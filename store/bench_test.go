package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// BenchmarkStore_large has 100,000 builds in the record, of which 10,000 wait,
// of 40 teams with 10 services each.
func BenchmarkStore_large(b *testing.B) {
	address := "sqlite:" + b.TempDir() + "/record.db"
	s := fill(b, address)
	for _, run := range []struct {
		name string
		do   func(context.Context) (int, error)
		want int // rows; 0 any
	}{
		{"open", func(ctx context.Context) (int, error) {
			s, err := store.Open(ctx, address, store.Options{Key: key})
			if err != nil {
				return 0, err
			}
			return 0, s.Close()
		}, 0},
		{"page", pageOf(s, slipway.BuildPage{Most: 50}), 50},
		{"page deep", pageOf(s, slipway.BuildPage{Before: 40_000, Most: 50}), 50},
		{"page of a team", pageOf(s, slipway.BuildPage{Team: "team7", Most: 50}), 50},
		{"page of a service", pageOf(s, slipway.BuildPage{Team: "team7", Name: "s3", Most: 50}), 50},
		{"page of a state", pageOf(s, slipway.BuildPage{State: slipway.BuildFailed, Most: 50}), 50},
		{"page of a team's rare state", pageOf(s, slipway.BuildPage{Team: "team7", State: slipway.BuildCancelled, Most: 50}), 0},
		{"page of a commit", pageOf(s, slipway.BuildPage{Team: "team7", Commit: "c77206", Most: 50}), 0},
		{"active", func(ctx context.Context) (int, error) { a, err := s.Active(ctx); return len(a), err }, 10_000},
		{"pending", func(ctx context.Context) (int, error) { p, err := s.Pending(ctx, 100); return len(p), err }, 0},
		{"due", func(ctx context.Context) (int, error) {
			d, err := s.Due(ctx, store.TopicStatus, noon, 100)
			return len(d), err
		}, 0},
		{"stats", func(ctx context.Context) (int, error) { _, err := s.Stats(ctx); return 0, err }, 0},
	} {
		b.Run(run.name, func(b *testing.B) {
			for b.Loop() {
				if n, err := run.do(b.Context()); err != nil || run.want != 0 && n != run.want {
					b.Fatalf("%d rows, want %d, %v", n, run.want, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/call")
		})
	}
}

func pageOf(s *store.Store, p slipway.BuildPage) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		builds, err := s.Builds(ctx, p)
		return len(builds), err
	}
}

func fill(b *testing.B, address string) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), address, store.Options{Key: key})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	db := openFile(b, strings.TrimPrefix(address, "sqlite:"))
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < `
	for _, statement := range []string{
		numbers + `40) INSERT INTO teams (name) SELECT 'team' || i FROM n`,
		`INSERT INTO connections (team, forge, repository, url, api, forks, branch, required, sealed, created)
			SELECT id, 'github', name || '/all', 'https://forge.example/' || name, '', 'refuse', 'refs/heads/main', '[]', x'', 1 FROM teams`,
		numbers + `10) INSERT INTO services (team, name, connection) SELECT c.team, 's' || i, c.id FROM connections c, n ORDER BY c.id, i`,
		numbers + `100000) INSERT INTO events (connection, received, state, event) SELECT 1 + i % 40, i, 'expanded', '{}' FROM n`,
		// The last tenth waits, and one of a thousand was cancelled.
		numbers + `100000) INSERT INTO builds (team, service, event, state, ref, object, pull, path, needs, inputs, trust, priority, forced, supersede, created, started, ended, attempt, worker, image)
			SELECT 1 + (i % 400) / 10, 1 + i % 400, i, CASE WHEN i > 90000 THEN 'queued' WHEN i % 1000 = 1 THEN 'cancelled' WHEN i % 10 = 2 THEN 'failed' ELSE 'succeeded' END,
				'refs/heads/b' || (i % 7), 'c' || i, 0, '', '["s1"]', 'x' || i, 'member', 0, 0, 0, i, i, CASE WHEN i > 90000 THEN 0 ELSE i END, 1, 'w1',
				CASE WHEN i > 90000 THEN '' ELSE '{"tag":"main-20261124120000-aaaaaaaa","digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}' END FROM n`,
		numbers + `10000) INSERT INTO outbox (topic, key, body, due) SELECT 'status', 'service:' || (i % 400), 'build:' || i, 1 FROM n`,
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkStore_Receive has 16 clients that push something of their own.
func BenchmarkStore_Receive(b *testing.B) {
	s := empty(b)
	if err := s.AddTeam(b.Context(), "shop"); err != nil {
		b.Fatal(err)
	}
	connection, err := s.Connect(b.Context(), slipway.Connection{Team: "shop"}, slipway.Keys{})
	if err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.SetParallelism(8) // times the cores
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: fmt.Sprint("refs/heads/", i%100), After: fmt.Sprint(i)}
			if _, err := s.Receive(b.Context(), slipway.Delivery{Connection: connection, ID: fmt.Sprint(i), At: noon, Events: []slipway.Event{e}}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pushes/s")
}

// BenchmarkStore_log has a worker append chunks to its log, one after the
// other, and a reader read each once.
func BenchmarkStore_log(b *testing.B) {
	s := empty(b)
	a := attempted(b, s)
	data := []byte(strings.Repeat(`{"t":"2026-11-24T12:00:00.123456Z","s":"compile","x":"line 1234567 of what a compiler says of a file"}`+"\n", 600))[:60_000]
	for n := 1; b.Loop(); n++ {
		if err := s.Append(b.Context(), a, n, data); err != nil {
			b.Fatal(err)
		}
		chunks, err := s.Log(b.Context(), a.Build, slipway.Chunk{Attempt: a.Number, Number: n - 1}, 16)
		if err != nil || len(chunks) != 1 {
			b.Fatalf("%d chunks, %v", len(chunks), err)
		}
	}
}

// BenchmarkStore_Log reads the last chunk of a long log.
func BenchmarkStore_Log(b *testing.B) {
	const long = 2_000
	s := empty(b)
	a := attempted(b, s)
	for n := range long {
		if err := s.Append(b.Context(), a, n+1, []byte("{}\n")); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		chunks, err := s.Log(b.Context(), a.Build, slipway.Chunk{Attempt: a.Number, Number: long - 1}, 16)
		if err != nil || len(chunks) != 1 {
			b.Fatalf("%d chunks, %v", len(chunks), err)
		}
	}
}

// BenchmarkStore_Build reads a build, as every request of a worker has it.
func BenchmarkStore_Build(b *testing.B) {
	s := empty(b)
	a := attempted(b, s)
	for b.Loop() {
		if _, err := s.Build(b.Context(), a.Build); err != nil {
			b.Fatal(err)
		}
	}
}

func empty(b *testing.B) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), "sqlite:"+b.TempDir()+"/record.db", store.Options{Key: key})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// attempted has a build of one push claimed.
func attempted(b *testing.B, s *store.Store) slipway.Attempt {
	b.Helper()
	if err := s.AddTeam(b.Context(), "shop"); err != nil {
		b.Fatal(err)
	}
	connection, err := s.Connect(b.Context(), slipway.Connection{Team: "shop"}, slipway.Keys{})
	if err != nil {
		b.Fatal(err)
	}
	e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: "1"}
	events, err := s.Receive(b.Context(), slipway.Delivery{Connection: connection, ID: "1", At: noon, Events: []slipway.Event{e}})
	if err != nil {
		b.Fatal(err)
	}
	x := slipway.Expansion{Commit: "1", Services: []slipway.Found{{Name: "cart", Inputs: "x"}}, Read: noon}
	done, err := s.Expand(b.Context(), events[0], x, slipway.ExpandPolicy{}, noon)
	if err != nil {
		b.Fatal(err)
	}
	a, err := s.Claim(b.Context(), done.Builds[0], "w1", noon, noon)
	if err != nil {
		b.Fatal(err)
	}
	return a
}
