package forge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/forge"
)

var update = flag.Bool("update", false, "rewrite the golden events")

// delivery reads an archive of testdata: the comment has the headers, one of
// which is "forge", then follow the body and the events or the error.
func delivery(tb testing.TB, file string) (*txtar.Archive, forge.Forge, forge.Delivery) {
	tb.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	d := forge.Delivery{Header: http.Header{}, Body: archive.Files[0].Data}
	var f forge.Forge
	for line := range strings.Lines(string(archive.Comment)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if name != "forge" {
			d.Header.Set(name, value)
		} else if f, err = forge.Named(value); err != nil {
			tb.Fatal(err)
		}
	}
	return archive, f, d
}

func files(tb testing.TB) []string {
	tb.Helper()
	found, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(found) < 40 {
		tb.Fatalf("%d deliveries, %v", len(found), err)
	}
	return found
}

// Payloads are written after each forge's documentation, with the fields that
// it shows.
func TestForge_Events(t *testing.T) {
	t.Parallel()
	for _, file := range files(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, f, d := delivery(t, file)
			got := told(t, f, d)
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "events.json", Data: got})
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if bad := strings.HasPrefix(filepath.Base(file), "bad-"); bad != bytes.HasPrefix(got, []byte("error: ")) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func told(t *testing.T, f forge.Forge, d forge.Delivery) []byte {
	t.Helper()
	events, err := f.Events(d)
	if err != nil {
		if slipway.ErrorCode(err) != slipway.CodeInvalid {
			t.Errorf("%v is not invalid", err)
		}
		e, _ := errors.AsType[*slipway.Error](err)
		return []byte("error: " + e.Message + "\n")
	}
	b, err := json.MarshalIndent(events, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func TestForge_ID(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"github-push": "72d3162e-cc78-11e3-81ab-4c9367dc0958", "gitea-push": "f6266f16-1bf3-46a5-9ea4-602e06ead473",
		"gogs-push": "d1", "gitlab-push": "0c5c1b0e", "bitbucket-push-two-refs": "{9d1c}", "bitbucket-server-push": "a1b2", "generic-push": "evt_1",
	} {
		_, f, d := delivery(t, filepath.Join("testdata", file+".txtar"))
		if got := f.ID(d); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	a, b := forge.GitHub{}.ID(forge.Delivery{Body: []byte("a")}), forge.GitHub{}.ID(forge.Delivery{Body: []byte("b")})
	if a == b || a == "" {
		t.Errorf("without a header: %q and %q", a, b)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	if _, err := forge.Named("sourcehut"); slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Errorf("%v", err)
	}
	for _, f := range forge.All() {
		if got, err := forge.Named(f.Name()); err != nil || got != f {
			t.Errorf("%s: %v, %v", f.Name(), got, err)
		}
	}
}

// FuzzForge_Events gives every forge every body: whatever is in it, there are
// events that git can be asked about, or an error that a person can read.
func FuzzForge_Events(f *testing.F) {
	for _, file := range files(f) {
		_, _, d := delivery(f, file)
		f.Add(d.Header.Get("X-GitHub-Event")+d.Header.Get("X-Gitea-Event")+d.Header.Get("X-Gogs-Event"), d.Header.Get("X-Gitlab-Event"), d.Header.Get("X-Event-Key"), d.Body)
	}
	f.Fuzz(func(t *testing.T, hub, lab, key string, body []byte) {
		h := http.Header{}
		for name, value := range map[string]string{
			"X-GitHub-Event": hub, "X-Gitea-Event": hub, "X-Gogs-Event": hub, "X-Gitlab-Event": lab, "X-Event-Key": key,
		} {
			h.Set(name, value)
		}
		for _, x := range forge.All() {
			events, err := x.Events(forge.Delivery{Header: h, Body: body})
			if err != nil && slipway.ErrorCode(err) != slipway.CodeInvalid {
				t.Fatalf("%s: %v", x.Name(), err)
			}
			for _, e := range events {
				if !slipway.ValidRef(e.Ref) || e.After != "" && !slipway.ValidObjectID(e.After) || strings.ContainsAny(e.Repository+e.Actor, "\n\x00") {
					t.Errorf("%s: %+v", x.Name(), e)
				}
				if e.Kind == slipway.EventPullRequest && e.Pull.Source == "" && !e.Fork() {
					t.Errorf("%s trusts a pull request of nobody: %+v", x.Name(), e)
				}
			}
		}
	})
}
