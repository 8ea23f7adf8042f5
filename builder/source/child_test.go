package source_test

import (
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// script is a child that is not what it should be.
func script(t *testing.T, text string) []string {
	t.Helper()
	return []string{"/bin/sh", "-c", text}
}

func TestSources_Open_ends_a_fetch_with_all_of_its_processes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pids := filepath.Join(dir, "pids")
	s := source.New(source.Config{
		Mirrors: dir, Limits: source.Limits{Fetch: time.Second},
		Self: script(t, "sleep 1000 & echo $$ $! > "+pids+"; wait"),
	})
	refused(t, s, source.Location{URL: "http://127.0.0.1:1/x"}, slipway.CodeUnavailable, "not fetched within 1s")
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for field := range strings.FieldsSeq(string(data)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		if !ended(pid, time.Now().Add(10*time.Second)) {
			t.Errorf("process %d of the fetch lives on", pid)
		}
	}
}

// ended waits until a process is gone, or dead and not yet collected by
// whoever inherited it.
func ended(pid int, deadline time.Time) bool {
	for time.Now().Before(deadline) {
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
			return true
		}
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
	}
	return false
}

func TestSources_Open_limits_the_child(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	s := source.New(source.Config{
		Mirrors: dir, Limits: source.Limits{Memory: 512 << 20, FetchBytes: 64 << 20},
		// The limits are set in the first instant of the child's life.
		Self: script(t, "until [ \"$(ulimit -f)\" != unlimited ]; do :; done; (ulimit -d; ulimit -f; env) > "+seen+"; echo no answer"),
	})
	_, err := s.Open(t.Context(), source.Location{URL: "http://me:s3cret@127.0.0.1:1/x"})
	if err == nil {
		t.Fatal("an answer that is none was taken")
	}
	data, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.HasPrefix(text, "524288\n131072\n") { // KiB, 512-byte blocks
		t.Errorf("limits are %q", text)
	}
	if strings.Contains(text, "s3cret") || strings.Contains(text, "GOPATH") || strings.Count(text, "\n") > 12 {
		t.Errorf("the child's environment has more than it needs:\n%s", text)
	}
}

func TestSources_Open_over_TLS(t *testing.T) {
	t.Parallel()
	f := unstarted(t)
	f.StartTLS()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "f")
			r.push("one")
			refused(t, source.New(config), source.Location{URL: r.url}, slipway.CodeForbidden, "certificate of 127.0.0.1 is not trusted")
			config.CA = ca
			if got := read(t, open(t, source.New(config), source.Location{URL: r.url}), "f"); got != "f" {
				t.Errorf("f = %q", got)
			}
		})
	}
}

func TestSources_Open_with_an_old_server(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Git-Protocol") // protocol v0
		return false
	}
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			r.write("f", "tagged")
			r.push("one")
			r.git("tag", "-a", "-m", "x", "v1")
			r.write("f", "later")
			r.push("two")
			s := source.New(config)
			if got := read(t, open(t, s, source.Location{URL: r.url, Ref: "v1"}), "f"); got != "tagged" {
				t.Errorf("v1: f = %q", got)
			}
			if got := read(t, open(t, s, source.Location{URL: r.url}), "f"); got != "later" {
				t.Errorf("main: f = %q", got)
			}
		})
	}
}
