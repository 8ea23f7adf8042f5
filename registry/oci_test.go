package registry_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
)

// entry is a file of an archive, or something that is none.
type entry struct {
	name, body string
	size       int64 // when it is not that of body
	typ        byte
}

func untar(tb testing.TB, b []byte) (entries []entry) {
	tb.Helper()
	for t := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			tb.Fatal(err)
		}
		body, err := io.ReadAll(t)
		if err != nil {
			tb.Fatal(err)
		}
		entries = append(entries, entry{name: h.Name, body: string(body), typ: h.Typeflag})
	}
}

func retar(tb testing.TB, entries []entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Size: max(e.size, int64(len(e.body))), Typeflag: e.typ, Mode: 0o644}
		if e.typ == tar.TypeSymlink {
			h.Linkname, h.Size = "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			tb.Fatal(err)
		}
		if e.size > int64(len(e.body)) {
			return b.Bytes() // ends in the middle of the entry
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// archive writes an image of the fixture to a file.
func (f fixture) archive(tb testing.TB) (slipway.Image, string) {
	tb.Helper()
	_, digest := f.push(tb, cart, key(1))
	img, err := f.Stamp(tb.Context(), registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: key(1)})
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "cart.tar")
	if err := f.WriteOCI(tb.Context(), img, file); err != nil {
		tb.Fatal(err)
	}
	return img, file
}

func read(tb testing.TB, file string) []byte {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestRegistry_WriteOCI_isALayout(t *testing.T) {
	t.Parallel()
	img, file := open(t).archive(t)
	dir := t.TempDir()
	for _, e := range untar(t, read(t, file)) {
		name := filepath.Join(dir, e.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(e.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"org.opencontainers.image.ref.name": img.Tag, "io.containerd.image.name": img.Repository + ":" + img.Tag,
	}
	if diff := cmp.Diff(want, m.Manifests[0].Annotations); diff != "" || m.Manifests[0].Digest.String() != img.Digest {
		t.Errorf("index names %s (-want +got):\n%s", m.Manifests[0].Digest, diff)
	}
}

func TestRegistry_WriteOCI_isADockerArchive(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, file := f.archive(t)
	tag, err := name.NewTag(img.Repository+":"+img.Tag, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tarball.ImageFromPath(file, &tag)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(loaded); err != nil {
		t.Error(err)
	}
	want, err := f.Image(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := configName(t, loaded), configName(t, want); got != want {
		t.Errorf("configuration %s, want %s", got, want)
	}
}

func configName(t *testing.T, img v1.Image) string {
	t.Helper()
	h, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	return h.String()
}

func TestRegistry_WriteOCI_sameBytes(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, file := f.archive(t)
	again := filepath.Join(t.TempDir(), "again.tar")
	for range 2 { // the second time over the first
		if err := f.WriteOCI(t.Context(), img, again); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(read(t, file), read(t, again)) {
		t.Error("the same image gave other bytes")
	}
	info, err := os.Stat(again)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("got %v, %v", info, err)
	}
}

func TestRegistry_WriteOCI_nothingHalfWritten(t *testing.T) {
	t.Parallel()
	f := open(t)
	img, _ := f.archive(t)
	err := f.WriteOCI(t.Context(), img, filepath.Join(t.TempDir(), "missing", "cart.tar"))
	if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), "cart.tar") {
		t.Errorf("no directory: got %v", err)
	}
	dir := t.TempDir()
	img.Digest = "sha256:" + strings.Repeat("0", 64)
	if err := f.WriteOCI(t.Context(), img, filepath.Join(dir, "cart.tar")); slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Errorf("no image: got %v", err)
	}
	if left, err := os.ReadDir(dir); len(left) != 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestReadOCI(t *testing.T) {
	t.Parallel()
	img, file := open(t).archive(t)
	got, err := registry.ReadOCI(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(got); err != nil {
		t.Error(err)
	}
	if d, err := got.Digest(); err != nil || d.String() != img.Digest {
		t.Errorf("got %s, %v, want %s", d, err, img.Digest)
	}
	if err := got.Close(); err != nil {
		t.Error(err)
	}
	if _, err := registry.ReadOCI(file + "x"); slipway.ErrorCode(err) != slipway.CodeNotFound {
		t.Errorf("no file: got %v", err)
	}
	if _, err := registry.ReadOCI(t.TempDir()); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("a directory: got %v", err)
	}
}

func TestReadOCI_hostile(t *testing.T) {
	t.Parallel()
	_, file := open(t).archive(t)
	good := untar(t, read(t, file))
	index := func(edit func(*v1.IndexManifest)) []entry {
		var m v1.IndexManifest
		if err := json.Unmarshal([]byte(good[1].body), &m); err != nil {
			t.Fatal(err)
		}
		edit(&m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return replaced(good, 1, entry{name: "index.json", body: string(b), typ: tar.TypeReg})
	}
	last := len(good) - 1
	changed := good[last]
	changed.body = "X" + changed.body[1:]
	short := good[last]
	short.size = 1 << 40
	for what, c := range map[string]struct {
		entries []entry
		want    string
	}{
		"no entries":        {nil, "no index.json"},
		"a path that leads": {append([]entry{{name: "blobs/../../etc/passwd", typ: tar.TypeReg}}, good...), "leads out"},
		"an absolute path":  {append([]entry{{name: "/etc/passwd", typ: tar.TypeReg}}, good...), "leads out"},
		"a symlink":         {append([]entry{{name: "index.json", typ: tar.TypeSymlink}}, good...), "not a plain file"},
		"two indexes":       {append(good[1:2:2], good...), "twice"},
		"a missing layer":   {good[:last:last], "is missing"},
		"a missing config":  {append(good[:4:4], good[5:]...), "is missing"},
		"a changed layer":   {replaced(good, last, changed), "its content is"},
		"a claimed size":    {replaced(good, last, short), "ends after"},
		"an index of 5 MiB": {replaced(good, 1, entry{name: "index.json", body: strings.Repeat(" ", 5<<20), typ: tar.TypeReg}), "more than"},
		"an index of prose": {replaced(good, 1, entry{name: "index.json", body: "hello", typ: tar.TypeReg}), "invalid character"},
		"a wrong size":      {index(func(m *v1.IndexManifest) { m.Manifests[0].Size++ }), "its descriptor says"},
		"no image":          {index(func(m *v1.IndexManifest) { m.Manifests = nil }), "no image"},
		"an attestation": {index(func(m *v1.IndexManifest) {
			m.Manifests[0].Platform = &v1.Platform{OS: "unknown", Architecture: "unknown"}
		}), "no image"},
		"too many entries": {many(), "more than 10000 entries"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bad := filepath.Join(t.TempDir(), "bad.tar")
			if err := os.WriteFile(bad, retar(t, c.entries), 0o600); err != nil {
				t.Fatal(err)
			}
			a, err := registry.ReadOCI(bad)
			if slipway.ErrorCode(err) != slipway.CodeInvalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v, want %q", a, err, c.want)
			}
		})
	}
}

func replaced(all []entry, i int, by entry) []entry {
	all = append([]entry(nil), all...)
	all[i] = by
	return all
}

func many() (all []entry) {
	for range 10_001 {
		all = append(all, entry{name: "x", typ: tar.TypeReg})
	}
	return all
}

func TestReadOCI_several(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, first := f.archive(t)
	_, second := open(t).archive(t)
	a, b := untar(t, read(t, first)), untar(t, read(t, second))
	var all, other v1.IndexManifest
	for body, m := range map[string]*v1.IndexManifest{a[1].body: &all, b[1].body: &other} {
		if err := json.Unmarshal([]byte(body), m); err != nil {
			t.Fatal(err)
		}
	}
	both := func(p *v1.Platform) string {
		m := *all.DeepCopy()
		d := other.Manifests[0]
		d.Platform = p
		m.Manifests = append(m.Manifests, d)
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "both.tar")
		entries := replaced(append(a, b[3:]...), 1, entry{name: "index.json", body: string(raw), typ: tar.TypeReg})
		if err := os.WriteFile(file, retar(t, entries), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	_, err := registry.ReadOCI(both(nil))
	if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Code != slipway.CodeAmbiguous || len(e.Details) != 2 {
		t.Errorf("two images: got %v", err)
	}
	img, err := registry.ReadOCI(both(&v1.Platform{OS: "linux", Architecture: "arm64"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = img.Close() })
	if d, err := img.Digest(); err != nil || d != all.Manifests[0].Digest {
		t.Errorf("got %s, %v, want the one that may be for linux/amd64", d, err)
	}
}

// What the fuzzer gets through must be whole: readers of images do not
// expect missing pieces.
func FuzzReadOCI(f *testing.F) {
	_, file := open(f).archive(f)
	good := read(f, file)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{})
	f.Add([]byte("\x1f\x8b\x08 compressed"))
	entries := untar(f, good)
	f.Add(retar(f, entries[1:2]))
	f.Add(retar(f, append([]entry{{name: "blobs/sha256", typ: tar.TypeDir}}, entries...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := registry.ReadArchive(b)
		if err != nil {
			return
		}
		if _, err := img.ConfigFile(); err != nil {
			t.Errorf("configuration: %v", err)
		}
		layers, err := img.Layers()
		if err != nil {
			t.Fatalf("layers: %v", err)
		}
		for _, l := range layers {
			want, err := l.Digest()
			if err != nil {
				t.Fatal(err)
			}
			r, err := l.Compressed()
			if err != nil {
				t.Fatalf("layer %s: %v", want, err)
			}
			if got, _, err := v1.SHA256(r); err != nil || got != want {
				t.Errorf("layer %s reads as %s, %v", want, got, err)
			}
			if _, err := l.DiffID(); err != nil {
				t.Errorf("layer %s has no diff id: %v", want, err)
			}
		}
	})
}
