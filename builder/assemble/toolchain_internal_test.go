package assemble

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64/"

func writeZip(t *testing.T, names ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "module.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := zip.NewWriter(file)
	for _, name := range names {
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("content of " + name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestToolchainFromZip(t *testing.T) {
	t.Parallel()
	zipped := writeZip(t, module+"VERSION", module+"go.env", module+"bin/go", module+"pkg/tool/linux_amd64/compile", module+"pkg/include/textflag.h",
		module+"src/_go.mod", module+"src/fmt/print.go", module+"src/fmt/print_test.go", module+"src/cmd/go/testdata/x.txt", module+"src/testdata/y", module+"lib/time/zoneinfo.zip")
	to := filepath.Join(t.TempDir(), "toolchain.tar")
	if err := toolchainFromZip(zipped, to); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := map[string]int64{}
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != epoch || h.Uid != 0 || h.Gid != 0 {
			t.Errorf("%s: time %v, owner %d:%d", h.Name, h.ModTime, h.Uid, h.Gid)
		}
		content, err := io.ReadAll(r)
		if err != nil || !strings.HasPrefix(string(content), "content of golang.org/") {
			t.Errorf("%s: content %q, %v", h.Name, content, err)
		}
		got[h.Name] = h.Mode
	}
	want := map[string]int64{
		"go/VERSION": 0o644, "go/go.env": 0o644, "go/bin/go": 0o755, "go/pkg/tool/linux_amd64/compile": 0o755, "go/pkg/include/textflag.h": 0o644,
		"go/src/go.mod": 0o644, "go/src/fmt/print.go": 0o644, "go/lib/time/zoneinfo.zip": 0o644,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestToolchainFromZip_RefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"other/file", module + "../../etc/passwd", module + "a/../../x", module + "a//b"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := toolchainFromZip(writeZip(t, name), filepath.Join(t.TempDir(), "t.tar")); err == nil {
				t.Error("made a toolchain of it")
			}
		})
	}
}
