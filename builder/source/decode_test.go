package source_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/builder/source"
)

func TestNetrc(t *testing.T) {
	t.Parallel()
	text := "# comment\nmachine A.example login me password pw # x\nmacdef m\nmachine evil login a password b\n\nmachine b\n\tlogin you\ndefault login anonymous password x\nmachine"
	want := [][3]string{{"a.example", "me", "pw"}, {"b", "you", ""}, {"", "anonymous", "x"}}
	if diff := cmp.Diff(want, source.Netrc([]byte(text))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add([]byte("machine a login b password c\nmacdef x\n\ndefault"))
	f.Fuzz(func(_ *testing.T, data []byte) { source.Netrc(data) })
}

func FuzzStatCache(f *testing.F) {
	_, empty := source.StatRoundTrip(nil)
	f.Add(empty)
	f.Add([]byte("slipway-stat-1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, again := source.StatRoundTrip(data)
		if m, _ := source.StatRoundTrip(again); m > n {
			t.Errorf("%d entries became %d", n, m)
		}
	})
}

func FuzzSizes(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := source.Sizes(data); n > len(data)/32 {
			t.Errorf("%d records in %d bytes", n, len(data))
		}
	})
}

func FuzzRefs(f *testing.F) {
	id := strings.Repeat("a1", 20)
	f.Add([]byte("ref: refs/heads/main\tHEAD\n" + id + "\tHEAD\n" + id + "\trefs/tags/v1\n" + id + "\trefs/tags/v1^{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := source.Refs(data); n > bytes.Count(data, []byte("\t")) {
			t.Errorf("%d references", n)
		}
	})
}

func FuzzEntry(f *testing.F) {
	for _, seed := range []string{"a", "..", ".git", "a/b", "\x00", "\xff", "日本"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean := filepath.Join("/r", name)
		if source.BadName(name) == "" && (filepath.Dir(clean) != "/r" || filepath.Base(clean) != name) {
			t.Errorf("the name %q is let through and is %s", name, clean)
		}
		if source.BadLink([]byte(name)) == "" && (name == "" || strings.Contains(name, "\x00")) {
			t.Errorf("the target %q is let through", name)
		}
	})
}

func TestStatCache_is_used(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until a file is older than the racy limit of two seconds")
	}
	t.Parallel()
	dir, cache := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(dir, "f"), "text")
	before(t, filepath.Join(dir, "f"))
	s := source.New(source.Config{StatCache: filepath.Join(cache, "stat")})
	of := func() string { return hash(t, open(t, s, source.Location{Dir: dir})) }
	real := of()
	var file string
	for deadline := time.Now().Add(20 * time.Second); ; {
		of()
		files, err := filepath.Glob(filepath.Join(cache, "stat-*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("cache files: %v, %v", files, err)
		}
		file = files[0]
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := source.StatRoundTrip(data); n == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the file is never remembered")
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, source.StatForge(data, [20]byte{1}), 0o600); err != nil {
		t.Fatal(err)
	}
	if of() == real {
		t.Error("the remembered id is not used")
	}
	writeFile(t, filepath.Join(dir, "f"), "text")
	if of() != real {
		t.Error("a remembered id outlives a write")
	}
}
