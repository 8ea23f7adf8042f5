package buildpacks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

var (
	digestA = "sha256:" + strings.Repeat("a", 64)
	digestB = "sha256:" + strings.Repeat("b", 64)
)

func newLock(t *testing.T) *buildpacks.Lock {
	t.Helper()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

func TestLock_KeepsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "stacks.json")
	lock, err := buildpacks.OpenLock(path)
	if err != nil {
		t.Fatal(err)
	}
	want := buildpacks.Locked{Digest: digestB, Recipe: "r2"}
	for _, image := range []buildpacks.Locked{{Digest: digestA, Recipe: "r1"}, want} {
		if err := lock.Record("slipway.internal/stacks/static:bookworm", image); err != nil {
			t.Fatal(err)
		}
	}
	again, err := buildpacks.OpenLock(path)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := again.Image("slipway.internal/stacks/static:bookworm")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("temporary files were left: %v %v", entries, err)
	}
}

func TestLock_RecordsFromManyGoroutines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stacks.json")
	lock, err := buildpacks.OpenLock(path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := lock.Record(fmt.Sprintf("image-%02d", i), buildpacks.Locked{Digest: digestA}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	again, err := buildpacks.OpenLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(again.Names()); got != 20 {
		t.Errorf("got %d images, want 20", got)
	}
}

func TestLock_RefusesWhatIsNoDigest(t *testing.T) {
	t.Parallel()
	lock := newLock(t)
	if err := lock.Record("x", buildpacks.Locked{Digest: "latest"}); err == nil {
		t.Error("recorded an image without a digest")
	}
	if len(lock.Names()) != 0 {
		t.Error("and kept it")
	}
}

func TestOpenLock_SaysThatItIsDamaged(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cut off":       `{"version":1,"images":{"a":{"dig`,
		"empty":         "",
		"zeroes":        "\x00\x00\x00\x00",
		"bad digest":    `{"version":1,"images":{"a":{"digest":"sha256:12"}}}`,
		"other form":    `{"version":2,"images":{}}`,
		"not an object": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "stacks.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := buildpacks.OpenLock(path)
			if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(everything(t, err), path) || !strings.Contains(everything(t, err), "slipway stack build") {
				t.Errorf("got %v", err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != text {
				t.Errorf("the damaged file was changed: %q %v", data, err)
			}
		})
	}
}

func TestLock_FailsWholeWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := buildpacks.OpenLock(filepath.Join(dir, "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := lock.Record("a", buildpacks.Locked{Digest: digestA}); slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("got %v, want unavailable", err)
	}
	if _, ok := lock.Image("a"); ok {
		t.Error("the lock says that it has what it did not write")
	}
}

func TestLock_Resolve(t *testing.T) {
	t.Parallel()
	lock := newLock(t)
	stack, _, err := catalogue(t).Select("assembled", slipway.LanguageGo, slipway.Version{Want: "1.26.8"}, "static")
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Record(stack.Build.Name, buildpacks.Locked{Digest: digestA}); err != nil {
		t.Fatal(err)
	}
	_, err = lock.Resolve(stack)
	if slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Fatalf("got %v, want not found", err)
	}
	for _, says := range []string{"stack image slipway.internal/stacks/static:bookworm has not been made here", "`slipway stack build go@1.26.8`"} {
		if !strings.Contains(everything(t, err), says) {
			t.Errorf("%q does not say %q", everything(t, err), says)
		}
	}
	if err := lock.Record(stack.Run.Name, buildpacks.Locked{Digest: digestB}); err != nil {
		t.Fatal(err)
	}
	got, err := lock.Resolve(stack)
	if err != nil || !got.Resolved() || got.Build.Digest != digestA || got.Run.Digest != digestB {
		t.Errorf("got %+v, %v", got, err)
	}
	if stack.Resolved() {
		t.Error("the caller's stack was changed")
	}
}

func FuzzOpenLock(f *testing.F) {
	f.Add([]byte(`{"version":1,"images":{"a":{"digest":"` + digestA + `"}}}`))
	f.Add([]byte(`{"version":1,"images":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "stacks.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		lock, err := buildpacks.OpenLock(path)
		if err != nil {
			return
		}
		if err := lock.Record("b", buildpacks.Locked{Digest: digestB}); err != nil {
			t.Fatal(err)
		}
	})
}
