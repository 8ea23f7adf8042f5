package assemble

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slipway-ci/slipway"
)

func newCache(t *testing.T, refresh bool) cache {
	t.Helper()
	return cache{dir: t.TempDir(), refresh: refresh, log: &serialLog{}}
}

// write gives a fetch that leaves one file.
func write(text string) func(string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, "f"), []byte(text), 0o600) }
}

func read(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCache_FetchesOnce(t *testing.T) {
	t.Parallel()
	c := newCache(t, false)
	for _, text := range []string{"first", "second"} {
		dir, err := c.get(t.Context(), "x", "x", write(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, dir); got != "first" {
			t.Errorf("got %q, want what was fetched first", got)
		}
	}
	c.refresh = true
	dir, err := c.get(t.Context(), "x", "x", write("third"))
	if err != nil || read(t, dir) != "third" {
		t.Errorf("a refresh did not replace it: %v", err)
	}
}

func TestCache_LeavesNothingHalf(t *testing.T) {
	t.Parallel()
	c := newCache(t, false)
	broken := errors.New("broken")
	_, err := c.get(t.Context(), "x", "x", func(dir string) error { return errors.Join(write("half")(dir), broken) })
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestPersist(t *testing.T) {
	t.Parallel()
	away := slipway.Errorf(slipway.CodeUnavailable, "away")
	for name, tt := range map[string]struct {
		errs  []error
		calls int
		want  error
	}{
		"mends itself":      {[]error{away, away, nil}, 3, nil},
		"stays away":        {[]error{away, away, away, nil}, 3, away},
		"cannot be mended":  {[]error{slipway.Errorf(slipway.CodeNotFound, "none"), nil}, 1, nil},
		"works":             {[]error{nil}, 1, nil},
		"not the network's": {[]error{away, away, os.ErrPermission}, 3, os.ErrPermission},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls, start := 0, time.Now()
				err := persist(t.Context(), &serialLog{}, "x", func() error {
					calls++
					return tt.errs[calls-1]
				})
				if calls != tt.calls {
					t.Errorf("%d calls, want %d", calls, tt.calls)
				}
				if tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if name == "cannot be mended" && (slipway.ErrorCode(err) != slipway.CodeNotFound || !strings.Contains(err.Error(), "none")) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took > time.Minute {
					t.Errorf("waited %s", took)
				}
			})
		})
	}
}

func TestCommand_SaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	c := command{step: "debian base", program: "/bin/sh", args: []string{"-c", "echo to stdout; echo E: no such host >&2; exit 3"}}
	_, err := c.run(t.Context(), &serialLog{})
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != slipway.CodeUnavailable || e.Class != slipway.ClassPlatform || e.Hint == "" {
		t.Fatalf("got %#v", err)
	}
	if got := strings.Join(e.Details, "|"); got != "to stdout|E: no such host" {
		t.Errorf("details %q", got)
	}
	c.program = "slipway-no-such-program"
	if _, err := c.run(t.Context(), &serialLog{}); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("a program that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (command{program: "/bin/sleep", args: []string{"9"}}).run(ctx, &serialLog{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
