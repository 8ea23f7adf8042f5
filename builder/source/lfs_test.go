package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/source"
)

// lfsServer is the part of a forge that keeps large files.
type lfsServer struct {
	forge    *forge
	other    *httptest.Server // where the content is
	password string           // "" lets everybody in

	mu      sync.Mutex
	content map[string]string // by oid
	href    func(oid string) string
	batches int
	served  int
	leaked  bool // the repository's credentials came to the other server
}

func newLFS(t *testing.T) *lfsServer {
	t.Helper()
	l := &lfsServer{forge: newForge(t), content: map[string]string{}}
	l.other = httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.other.Close)
	l.href = func(oid string) string { return l.other.URL + "/" + oid }
	l.forge.before = l.batch
	return l
}

func (l *lfsServer) batch(w http.ResponseWriter, r *http.Request) bool {
	if _, password, _ := r.BasicAuth(); password != l.password {
		w.Header().Set("WWW-Authenticate", "Basic")
		http.Error(w, "no", http.StatusUnauthorized)
		return true
	}
	if !strings.HasSuffix(r.URL.Path, ".git/info/lfs/objects/batch") {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches++
	var ask struct {
		Operation string
		Objects   []struct{ OID string }
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Operation != "download" || r.Method != http.MethodPost {
		http.Error(w, "no", http.StatusBadRequest)
		return true
	}
	objects := []any{}
	for _, o := range ask.Objects {
		if _, ok := l.content[o.OID]; !ok {
			objects = append(objects, map[string]any{"oid": o.OID, "error": map[string]any{"code": 404, "message": "Object does not exist\x1b[2J\nor so"}})
			continue
		}
		objects = append(objects, map[string]any{"oid": o.OID, "actions": map[string]any{
			"download": map[string]any{"href": l.href(o.OID), "header": map[string]string{"X-Ticket": "let me in"}},
		}})
	}
	w.Header().Set("Content-Type", "application/vnd.git-lfs+json")
	if err := json.NewEncoder(w).Encode(map[string]any{"objects": objects}); err != nil {
		http.Error(w, "no", http.StatusInternalServerError)
	}
	return true
}

func (l *lfsServer) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.served++
	l.leaked = l.leaked || r.Header.Get("Authorization") != ""
	if r.Header.Get("X-Ticket") != "let me in" {
		http.Error(w, "no ticket", http.StatusForbidden)
		return
	}
	_, _ = io.WriteString(w, l.content[strings.TrimPrefix(r.URL.Path, "/")])
}

func (l *lfsServer) counts() (batches, served int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.batches, l.served
}

// put keeps a file's content and gives what git keeps of it.
func (l *lfsServer) put(text string) string {
	sum := sha256.Sum256([]byte(text))
	oid := hex.EncodeToString(sum[:])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.content[oid] = text
	return fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", oid, len(text))
}

func (l *lfsServer) repo(t *testing.T, files map[string]string) *repo {
	t.Helper()
	r := l.forge.repo(t, "large")
	for name, text := range files {
		r.write(name, text)
	}
	r.push("one")
	return r
}

func TestSources_Open_fetches_LFS_content_that_is_needed(t *testing.T) {
	t.Parallel()
	for kind := range fetchers(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLFS(t)
			model, other := strings.Repeat("model", 100_000), "other"
			r := l.repo(t, map[string]string{"app/model.bin": l.put(model), "app/again.bin": l.put(model), "other/big.bin": l.put(other), "app/f": "f"})
			config := fetchers(t)[kind]
			tree := open(t, source.New(config), source.Location{URL: r.url})
			if batches, served := l.counts(); batches+served != 0 {
				t.Errorf("%d and %d requests before anything was needed", batches, served)
			}
			first := hash(t, tree, "app")
			if batches, served := l.counts(); batches != 1 || served != 1 {
				t.Errorf("%d batches and %d downloads for two files of one content", batches, served)
			}
			if got := read(t, tree, "app/model.bin"); got != model {
				t.Errorf("app/model.bin has %d bytes, want %d", len(got), len(model))
			}
			f, err := tree.Session().Open("app/again.bin")
			if err != nil {
				t.Fatal(err)
			}
			sent, err := io.ReadAll(f)
			if err != nil || string(sent) != model {
				t.Errorf("the session sends %d bytes, %v", len(sent), err)
			}
			_ = f.Close()
			if got := read(t, tree, "other/big.bin"); got != other {
				t.Errorf("other/big.bin = %q", got)
			}
			// Everything is here now, for another process too.
			_, before := l.counts()
			again := open(t, source.New(config), source.Location{URL: r.url})
			if got := hash(t, again, "app"); got != first {
				t.Error("another hash the second time")
			}
			if _, after := l.counts(); after != before {
				t.Errorf("%d downloads the second time", after-before)
			}
		})
	}
}

func TestSources_Open_LFS_credentials(t *testing.T) {
	t.Parallel()
	l := newLFS(t)
	l.password = "s3cret"
	r := l.forge.repo(t, "large")
	r.write("model.bin", l.put("model"))
	r.push("one")
	with := strings.Replace(r.url, "http://", "http://me:s3cret@", 1)
	tree := open(t, source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)}), source.Location{URL: with})
	if got := read(t, tree, "model.bin"); got != "model" {
		t.Errorf("model.bin = %q", got)
	}
	if l.leaked {
		t.Error("the repository's credentials went to another server")
	}
}

func TestSources_Open_LFS_failures(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		spoil    func(l *lfsServer)
		limits   source.Limits
		code     slipway.Code
		sentence string
	}{
		"not there": {
			func(l *lfsServer) { l.content = map[string]string{} },
			source.Limits{},
			slipway.CodeNotFound, `does not have its content: 404 Object does not exist[2J or so`,
		},
		"other bytes": {
			func(l *lfsServer) { spoilAll(l, "MODEL") },
			source.Limits{},
			slipway.CodeUnavailable, `sent other bytes for "model.bin"`,
		},
		"more bytes": {
			func(l *lfsServer) { spoilAll(l, "model and more") },
			source.Limits{},
			slipway.CodeUnavailable, `sent other bytes for "model.bin"`,
		},
		"too large": {func(*lfsServer) {}, source.Limits{FetchBytes: 4}, slipway.CodeLimit, `"model.bin" in git LFS`},
		"a host inside": {
			func(l *lfsServer) { l.href = func(oid string) string { return "http://127.0.0.2:9/" + oid } },
			source.Limits{},
			slipway.CodeForbidden, "127.0.0.2:9 may not be fetched from",
		},
		"metadata": {
			func(l *lfsServer) { l.href = func(oid string) string { return "http://169.254.169.254/" + oid } },
			source.Limits{},
			slipway.CodeForbidden, "169.254.169.254:80 may not be fetched from",
		},
		"another scheme": {
			func(l *lfsServer) { l.href = func(string) string { return "file:///etc/passwd" } },
			source.Limits{},
			slipway.CodeForbidden, "neither https nor http",
		},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			l := newLFS(t)
			r := l.repo(t, map[string]string{"model.bin": l.put("model")})
			l.mu.Lock()
			c.spoil(l)
			l.mu.Unlock()
			mirrors := t.TempDir()
			// The mirror is made without the limit, which also bounds git.
			tree := open(t, source.New(source.Config{Mirrors: mirrors, Git: gitProgram(t)}), source.Location{URL: r.url})
			sha := tree.Revision().SHA
			tree = open(t, source.New(source.Config{Mirrors: mirrors, Git: gitProgram(t), Limits: c.limits}), source.Location{URL: r.url, Ref: sha})
			_, err := tree.Hash(nil)
			checkError(t, err, c.code, c.sentence)
			if !strings.Contains(err.Error(), `"model.bin"`) || strings.TrimSpace(details(err)) == "" {
				t.Errorf("%v, hint %q", err, details(err))
			}
			left, _ := filepath.Glob(filepath.Join(mirrors, "*", "lfs", "*"))
			if len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func spoilAll(l *lfsServer, text string) {
	for oid := range l.content {
		l.content[oid] = text
	}
}

func TestSources_Open_LFS_fetches_damaged_content_anew(t *testing.T) {
	t.Parallel()
	l := newLFS(t)
	r := l.repo(t, map[string]string{"model.bin": l.put("model")})
	mirrors := t.TempDir()
	tree := open(t, source.New(source.Config{Mirrors: mirrors, Git: gitProgram(t)}), source.Location{URL: r.url})
	hash(t, tree)
	kept, err := filepath.Glob(filepath.Join(mirrors, "*", "lfs", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	if err := os.WriteFile(kept[0], []byte("MODEL"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := tree.Session().Open("model.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, f)
	checkError(t, err, slipway.CodeUnavailable, `the local copy of "model.bin" is damaged`)
	_ = f.Close()
	if got := read(t, tree, "model.bin"); got != "model" {
		t.Errorf("model.bin = %q", got)
	}
}

func TestSources_Open_refuses_odd_LFS_pointers(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	r := f.repo(t, "odd")
	r.write("model.bin", "version https://git-lfs.github.com/spec/v2\noid sha256:"+strings.Repeat("ab", 32)+"\nsize 12345\n")
	r.push("pointer")
	s := source.New(source.Config{Mirrors: t.TempDir(), Git: gitProgram(t)})
	for range 2 { // the second time from the remembered sizes
		refused(t, s, source.Location{URL: r.url}, slipway.CodeInvalid, `"model.bin" is a pointer into git LFS of a kind`)
	}
}

// A directory whose large files were never pulled is not built without them.
func TestSources_Open_refuses_a_directory_of_LFS_pointers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "app", "model.bin"), (&lfsServer{content: map[string]string{}}).put("model"))
	s := source.New(source.Config{})
	hash(t, open(t, s, source.Location{Dir: dir})) // nobody speaks of LFS: a text like any other
	writeFile(t, filepath.Join(dir, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n")
	tree := open(t, s, source.Location{Dir: dir})
	_, err := tree.Hash([]string{"app"})
	checkError(t, err, slipway.CodeInvalid, `"app/model.bin" is a pointer into git LFS, not the file itself`)
	writeFile(t, filepath.Join(dir, "app", "model.bin"), strings.Repeat("model ", 50))
	hash(t, open(t, s, source.Location{Dir: dir}), "app")
}

func FuzzPointer(f *testing.F) {
	f.Add([]byte("version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("ab", 32) + "\nsize 12345\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if oid, size, ok := source.Pointer(data); ok && (len(oid) != 64 || size < 0 || strings.ContainsAny(oid, "/.")) {
			t.Errorf("oid %q, size %d", oid, size)
		}
	})
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"objects":[{"oid":"ab","actions":{"download":{"href":"https://x/y","header":{"a":"b"}}}},{"oid":"c","error":{"code":404}}]}`))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = source.Batch(data) })
}
