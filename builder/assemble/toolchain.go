package assemble

import (
	"archive/tar"
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// toolchainTar is what fetchGo leaves.
const toolchainTar = "toolchain.tar"

// fetchGo gets a Go release with the machine's own go command from where that
// gets modules (https://go.dev/ref/mod#go.mod-toolchain), verified with the
// checksum database, and leaves it as a tar of go/.
func (f fetcher) fetchGo(ctx context.Context, version, dir string) error {
	modules := filepath.Join(f.scratch, "modules-"+version)
	defer os.RemoveAll(modules) //nolint:errcheck // scratch goes away with the fetcher
	env := []string{"GOMODCACHE=" + modules, "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off"}
	for _, name := range slices.Sorted(maps.Keys(f.settings.Go)) {
		env = append(env, name+"="+f.settings.Go[name])
	}
	more, err := f.goNetwork()
	if err != nil {
		return err
	}
	c := command{
		step: "go " + version, program: f.goCommand, dir: f.scratch, env: append(env, more...),
		args: []string{"mod", "download", "-json", "golang.org/toolchain@v0.0.1-go" + version + ".linux-amd64"},
	}
	out, err := c.run(ctx, f.log)
	if err != nil {
		return noRelease(err, version)
	}
	var module struct{ Zip string }
	if err := json.Unmarshal(out, &module); err != nil {
		return fmt.Errorf("go mod download: %w", err)
	}
	return toolchainFromZip(module.Zip, filepath.Join(dir, toolchainTar))
}

func (f fetcher) goNetwork() ([]string, error) {
	var env []string
	for name, value := range map[string]string{"HTTP_PROXY": f.settings.Proxy.HTTP, "HTTPS_PROXY": f.settings.Proxy.HTTPS, "NO_PROXY": f.settings.Proxy.No} {
		if value != "" {
			env = append(env, name+"="+value, strings.ToLower(name)+"="+value)
		}
	}
	for name, content := range map[string][]byte{"SSL_CERT_FILE": f.settings.CA, "NETRC": f.settings.Netrc} {
		if len(content) == 0 {
			continue
		}
		path := filepath.Join(f.scratch, "go-"+strings.ToLower(name))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
		env = append(env, name+"="+path)
	}
	return env, nil
}

// noRelease tells a version that is not to be had, which no second try mends,
// from a place that does not answer.
func noRelease(err error, version string) error {
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		return err
	}
	details := strings.Join(e.Details, "\n")
	for _, says := range []string{"unknown revision", "404 Not Found", "410 Gone", "403 Forbidden"} {
		if strings.Contains(details, says) {
			return slipway.Errorf(slipway.CodeNotFound, "Go %s for linux/amd64 is not to be had where this machine gets modules", version).
				WithHint("see whether there is such a release, and what GOPROXY says").WithDetails(goSays(details))
		}
	}
	return err
}

// goSays gives the message in what `go mod download -json` printed.
func goSays(printed string) string {
	var module struct{ Error string }
	if start := strings.Index(printed, "{"); start >= 0 {
		_ = json.NewDecoder(strings.NewReader(printed[start:])).Decode(&module) // all of it is shown then
	}
	if module.Error == "" {
		return printed
	}
	return strings.ReplaceAll(module.Error, "\n\t", "; ")
}

// toolchainFromZip writes the module zip of a Go release as a tar of go/ with
// what the module form lost: programs are executable, nested modules have
// their go.mod. The tests of the standard library, half of its bytes, are
// left out. All entries are root's and have one time, in the zip's order.
func toolchainFromZip(from, to string) error {
	in, err := zip.OpenReader(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	out := tar.NewWriter(file)
	for _, entry := range in.File {
		if err = copyEntry(out, entry); err != nil {
			break
		}
	}
	return errors.Join(err, out.Close(), file.Close())
}

func copyEntry(out *tar.Writer, entry *zip.File) error {
	_, name, ok := strings.Cut(entry.Name, ".linux-amd64/")
	if !ok || !path.IsAbs(path.Clean("/"+name)) || path.Clean(name) != name || strings.HasPrefix(name, "../") {
		return fmt.Errorf("entry %q is not of a Go release", entry.Name)
	}
	if unneeded(name) {
		return nil
	}
	if path.Base(name) == "_go.mod" {
		name = path.Join(path.Dir(name), "go.mod")
	}
	mode := int64(0o644)
	if strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") {
		mode = 0o755
	}
	size := int64(entry.UncompressedSize64) //nolint:gosec // the copy below fails when it is wrong
	header := &tar.Header{Typeflag: tar.TypeReg, Name: "go/" + name, Mode: mode, Size: size, ModTime: time.Unix(epoch, 0)}
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	content, err := entry.Open()
	if err != nil {
		return err
	}
	_, err = io.CopyN(out, content, size)
	return errors.Join(err, content.Close())
}

// unneeded tells what of a Go release no build of another program reads.
func unneeded(name string) bool {
	in, ok := strings.CutPrefix(name, "src/")
	return ok && (strings.HasSuffix(in, "_test.go") || strings.Contains("/"+in, "/testdata/"))
}
