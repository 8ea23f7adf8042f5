package source_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

func TestSources_Heads(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := f.repo(t, strings.ReplaceAll(t.Name(), "/", "-"))
			s := source.New(config)
			r.write("f", "one")
			one := r.push("one")
			r.git("tag", "-a", "-m", "x", "v1.0.0")
			r.git("push", "-q", "origin", "v1.0.0", "main:refs/heads/feature/x")
			r.write("f", "two")
			two := r.push("two")
			heads, def, err := s.Heads(t.Context(), r.url)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(map[string]string{"refs/heads/main": two, "refs/heads/feature/x": one}, heads); d != "" || def != "refs/heads/main" {
				t.Errorf("the default is %q; heads:\n%s", def, d)
			}
			for branch, want := range map[string]string{"refs/heads/main": two, "refs/heads/feature/x": one, "refs/heads/mai": "", "refs/tags/v1.0.0": ""} {
				if got, err := s.Head(t.Context(), r.url, branch); err != nil || got != want && branch[:11] == "refs/heads/" {
					t.Errorf("%s is at %q, %v, want %q", branch, got, err, want)
				}
			}
			if _, err := s.Head(t.Context(), r.url+"-not", "refs/heads/main"); slipway.ErrorCode(err) != slipway.CodeNotFound {
				t.Errorf("no repository: %v, want not_found", err)
			}
			if _, _, err := s.Heads(t.Context(), r.url+"-not"); slipway.ErrorCode(err) != slipway.CodeNotFound {
				t.Errorf("no repository: %v, want not_found", err)
			}
		})
	}
}

// requests remembers what a forge was asked, and may spoil it.
type requests struct {
	mu     sync.Mutex
	bodies []string // of ls-refs
	lists  int      // of everything, in protocol 0 or by git itself
}

func (q *requests) watch(f *forge, spoil func(w http.ResponseWriter, r *http.Request) bool) {
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		switch body, _ := io.ReadAll(r.Body); {
		case strings.HasSuffix(r.URL.Path, "/info/refs"):
			q.lists++
		case bytes.Contains(body, []byte("command=ls-refs")):
			r.Body = io.NopCloser(bytes.NewReader(body))
			if r.UserAgent() == "git/slipway" {
				q.bodies = append(q.bodies, string(body))
				return spoil(w, r)
			}
		default:
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		return false
	}
}

// What is asked for is one line, whatever else the repository has.
func TestSources_Head_asks_for_one(t *testing.T) {
	t.Parallel()
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newForge(t)
			r := f.repo(t, "shop")
			r.write("f", "one")
			one := r.push("one")
			var q requests
			q.watch(f, func(http.ResponseWriter, *http.Request) bool { return false })
			if got, err := source.New(config).Head(t.Context(), r.url, "refs/heads/main"); got != one || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			want := []string{"0014command=ls-refs\n0001000csymrefs\n001fref-prefix refs/heads/main\n0000"}
			if !slices.Equal(q.bodies, want) || q.lists != 0 {
				t.Errorf("asked %q, and %d times for everything", q.bodies, q.lists)
			}
		})
	}
}

// Whatever a server makes of the question, the answer is the same.
func TestSources_Head_of_other_servers(t *testing.T) {
	t.Parallel()
	says := func(kind, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text)
			return true
		}
	}
	const result = "application/x-git-upload-pack-result"
	for name, spoil := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"protocol 0": func(_ http.ResponseWriter, r *http.Request) bool { r.Header.Del("Git-Protocol"); return false },
		"not found":  func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusNotFound); return true },
		"moved": func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusMovedPermanently)
			return true
		},
		"a page":       says("text/html", "<p>hello"),
		"no packets":   says(result, "hello, world"),
		"an error":     says(result, "000aERR no"),
		"cut off":      says(result, "003f"+strings.Repeat("a", 40)),
		"nothing":      says(result, ""),
		"another line": says(result, "000ahello\n0000"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForge(t)
			r := f.repo(t, "shop")
			r.write("f", "one")
			one := r.push("one")
			var q requests
			q.watch(f, spoil)
			s := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)})
			heads, def, err := s.Heads(t.Context(), r.url)
			if err != nil || heads["refs/heads/main"] != one || def != "refs/heads/main" || len(q.bodies) != 1 {
				t.Errorf("%v, %q, %v after %q", heads, def, err, q.bodies)
			}
			if got, err := s.Head(t.Context(), r.url, "refs/heads/main"); got != one || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// A repository that wants a login gets it, and says no without.
func TestSources_Head_with_a_login(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if user, password, _ := r.BasicAuth(); user == "bot" && password == "hunter2" {
			return false
		}
		w.Header().Set("WWW-Authenticate", "Basic")
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	r := f.repo(t, "shop")
	r.write("f", "one")
	one := r.push("one")
	for kind, config := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := source.New(config)
			if got, err := s.Head(t.Context(), strings.Replace(r.url, "http://", "http://bot:hunter2@", 1), "refs/heads/main"); got != one || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			if _, err := s.Head(t.Context(), r.url, "refs/heads/main"); slipway.ErrorCode(err) != slipway.CodeForbidden {
				t.Errorf("without a login: %v", err)
			}
		})
	}
}

func FuzzReadRefs(f *testing.F) {
	f.Add([]byte("003f" + strings.Repeat("a", 40) + " refs/heads/main x\n0000"))
	f.Add([]byte("0052" + strings.Repeat("a", 40) + " HEAD symref-target:refs/heads/main\n0000"))
	f.Add([]byte("000aERR no"))
	f.Add([]byte("0001"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := source.ReadRefs(data); n > len(data)/40 || err != nil && n != 0 {
			t.Errorf("%d references of %d bytes, %v", n, len(data), err)
		}
	})
}
