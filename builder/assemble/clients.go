package assemble

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
)

// toolClient is a language's own client as Debian packages it. It knows where its
// public registry is, in a file of its own: whoever has no setting gets what
// everybody's client uses, from a source that Debian signs, and no address of
// somebody else's stands here to grow old.
type toolClient struct {
	pkg     string
	file    string // in the package, the end of its name
	inside  string // name in the archive that file is; "" it is no archive
	address *regexp.Regexp
	set     func(r *registries, address string)
}

func clients() []toolClient {
	return []toolClient{
		{
			pkg: "npm", file: "/lib/utils/config/definitions.js",
			address: regexp.MustCompile(`define\('registry', \{\s*default: '([^']+)'`),
			set:     func(r *registries, address string) { take(&r.npm, address) },
		},
		{
			pkg: "python3-pip-whl", file: ".whl", inside: "pip/_internal/models/index.py",
			address: regexp.MustCompile(`(?m)^PyPI = PackageIndex\(\s*"([^"]+)"`),
			set:     func(r *registries, address string) { take(&r.pypi, strings.TrimSuffix(address, "/")+"/simple") },
		},
		{
			pkg: "libmaven3-core-java", file: "/maven3-model-builder.jar", inside: "org/apache/maven/model/pom-4.0.0.xml",
			address: regexp.MustCompile(`<id>central</id>[^<]*(?:<name>[^<]*</name>[^<]*)?<url>([^<]+)</url>`),
			set:     func(r *registries, address string) { take(&r.maven, address) },
		},
	}
}

// clientsName is what the cache calls the clients of a suite.
func clientsName(suite string) string { return "clients-" + suite }

// fetchClients downloads the clients' packages into dir. Nothing of them is
// installed or run.
func (f fetcher) fetchClients(ctx context.Context, suite, base, dir string) error {
	const step = "addresses of the registries"
	conf, err := f.privateApt(ctx, suite, base)
	if err != nil {
		return err
	}
	if err := f.update(ctx, step, conf); err != nil {
		return err
	}
	args := []string{"-qq", "-c", conf, "download"}
	for _, c := range clients() {
		args = append(args, c.pkg)
	}
	_, err = command{step: step, program: "apt-get", args: args, dir: dir}.run(ctx, f.log)
	return err
}

// builtIn reads the addresses from the clients' packages in dir.
func (f fetcher) builtIn(ctx context.Context, dir string) (registries, error) {
	var r registries
	for _, c := range clients() {
		found, err := filepath.Glob(filepath.Join(dir, c.pkg+"_*.deb"))
		if err != nil || len(found) != 1 {
			return r, fmt.Errorf("the package %s is not in %s: %w", c.pkg, dir, err)
		}
		files, err := command{step: "addresses of the registries", program: "dpkg-deb", args: []string{"--fsys-tarfile", found[0]}}.run(ctx, f.log)
		if err != nil {
			return r, err
		}
		text, err := c.read(files)
		if err != nil {
			return r, fmt.Errorf("%s: %w", filepath.Base(found[0]), err)
		}
		m := c.address.FindSubmatch(text)
		if m == nil {
			return r, fmt.Errorf("%s does not say where its registry is", filepath.Base(found[0]))
		}
		c.set(&r, string(m[1]))
	}
	return r, nil
}

// read gives the file that has the address, from a package's files as a tar.
func (c toolClient) read(files []byte) ([]byte, error) {
	for t := tar.NewReader(bytes.NewReader(files)); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("it has no file …%s", c.file)
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, c.file) {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(t, maxIndex))
		if err != nil || c.inside == "" {
			return content, err
		}
		return unzipped(content, c.inside)
	}
}

func unzipped(archive []byte, name string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return io.ReadAll(io.LimitReader(f, maxIndex))
}
