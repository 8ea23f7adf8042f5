package assemble_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
)

// everything gives all that a user would see of an error.
func everything(err error) string {
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return strings.Join(append([]string{e.Error(), e.Hint}, e.Details...), "\n")
	}
	return err.Error()
}

func reportSize(t *testing.T, h house, m assemble.Made) {
	t.Helper()
	layers, err := h.image(t, m.Image.String()).Layers()
	if err != nil {
		t.Fatal(err)
	}
	var sizes []float64
	var sum float64
	for _, l := range layers {
		n, err := l.Size()
		if err != nil {
			t.Fatal(err)
		}
		sizes, sum = append(sizes, float64(n)/1e6), sum+float64(n)/1e6
	}
	t.Logf("%s: %.1f MB compressed, layers %.1f, made in %.1f s", m.Image.Name, sum, sizes, m.Took.Seconds())
}

// checkClean reads every byte of an image's configuration and of its layers,
// but for those that an earlier image had.
func checkClean(t *testing.T, img v1.Image, canaries []string, seen map[v1.Hash]bool) {
	t.Helper()
	config, err := img.RawConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range canaries {
		if bytes.Contains(config, []byte(c)) {
			t.Errorf("the configuration has %q", c)
		}
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		digest, err := l.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if seen[digest] {
			continue
		}
		seen[digest] = true
		r, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		checkLayer(t, tar.NewReader(r), canaries)
		_ = r.Close()
	}
}

func checkLayer(t *testing.T, files *tar.Reader, canaries []string) {
	t.Helper()
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		if h.Typeflag == tar.TypeReg && forbidden(name) {
			t.Errorf("has %s (%d bytes)", name, h.Size)
		}
		if h.ModTime.Unix() > 1_000_000_000 {
			t.Errorf("%s has the time %s", name, h.ModTime)
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range canaries {
			if bytes.Contains(content, []byte(c)) {
				t.Errorf("%s has %q", name, c)
			}
		}
	}
}

// forbidden tells whether a file says something of the machine or the time
// that an image was made on and at.
func forbidden(name string) bool {
	for _, p := range []string{"etc/apt/sources.list", "etc/apt/auth.conf", "etc/apt/apt.conf.d/99", "etc/resolv.conf", "etc/hostname", "var/log/", "root/.cache/", "root/.config/", "run/", "tmp/"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	list := strings.HasPrefix(name, "var/lib/apt/lists/") || strings.HasPrefix(name, "var/cache/apt/")
	return list && path.Base(name) != "lock"
}

// probeReport is what testdata/probe prints.
type probeReport struct {
	UID, GID         int
	Name, Home, Init string
	Pid1             bool
	Zone, Roots, Tmp bool
	Etc, Cgo         bool
	Port             int
}

// checkRun compiles the probe in the go image, without and with cgo, and runs
// it on static and on cc, under their init.
func checkRun(t *testing.T, h house, address string, images map[string]slipway.StackImage) {
	t.Helper()
	for base, cgo := range map[string]string{"static": "0", "cc": "1"} {
		lines := solve(t, h, address, `
FROM `+images["go"].String()+` AS seed
FROM seed AS build
COPY . /src
RUN --mount=type=cache,id=`+base+`,from=seed,source=/usr/local/go-cache,target=/tmp/cache cd /src && \
    CGO_ENABLED=`+cgo+` GOCACHE=/tmp/cache GOPROXY=off go build -v -trimpath -buildvcs=false -o /probe . 2>&1 | sed 's/^/compiled /'
FROM `+images[base].String()+`
COPY --from=build /probe /app/probe
RUN ["/usr/sbin/slipway-init", "--", "/app/probe"]
`, "testdata/probe")
		var got probeReport
		var compiled []string
		for _, line := range lines {
			if strings.HasPrefix(line, "{") {
				if err := json.Unmarshal([]byte(line), &got); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
			if name, ok := strings.CutPrefix(line, "compiled "); ok {
				compiled = append(compiled, name)
			}
		}
		want := probeReport{
			UID: 10001, GID: 10001, Name: "slipway", Home: "/home/slipway", Init: "/usr/sbin/slipway-init",
			Zone: true, Roots: true, Tmp: true, Port: 993, Cgo: cgo == "1",
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v; all lines:\n%s", base, got, want, strings.Join(lines, "\n"))
		}
		if len(compiled) != 1 || compiled[0] != "probe" {
			t.Errorf("%s: with the image's cache, these were compiled: %v, want only the program", base, compiled)
		}
	}
}
