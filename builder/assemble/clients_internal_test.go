package assemble

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"testing"
)

// packaged gives a package's files as dpkg-deb lists them: one, in an archive
// where the client has it in one.
func packaged(t *testing.T, c toolClient, text string) []byte {
	t.Helper()
	content := []byte(text)
	if c.inside != "" {
		var z bytes.Buffer
		w := zip.NewWriter(&z)
		f, err := w.Create(c.inside)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(content)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		content = z.Bytes()
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "./usr/share/doc/x", Typeflag: tar.TypeReg, Mode: 0o644},
		{Name: "./usr/share/x" + c.file, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, _ = w.Write(content)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestClients_SayWhereTheirRegistryIs(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"npm":                 "define('audit', {\n  default: 'https://no.example/',\n})\ndefine('registry', {\n  default: 'https://n.example/',\n  type: url,\n})\n",
		"python3-pip-whl":     "x = 1\nPyPI = PackageIndex(\"https://p.example/\", file_storage_domain=\"f.example\")\nTestPyPI = PackageIndex(\n    \"https://no.example/\")\n",
		"libmaven3-core-java": "<repositories><repository>\n <id>central</id>\n <name>Central</name>\n <url>https://m.example/maven2</url></repository></repositories>",
	}
	var got registries
	for _, c := range clients() {
		text, err := c.read(packaged(t, c, texts[c.pkg]))
		if err != nil {
			t.Fatalf("%s: %v", c.pkg, err)
		}
		m := c.address.FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s: no address in %q", c.pkg, text)
		}
		c.set(&got, string(m[1]))
		if _, err := c.read(nil); err == nil {
			t.Errorf("%s: an empty package has an address", c.pkg)
		}
	}
	if got.npm != "https://n.example" || got.pypi != "https://p.example/simple" || got.maven != "https://m.example/maven2" {
		t.Errorf("got %+v", got)
	}
}

func FuzzClient_read(f *testing.F) {
	f.Add([]byte("PK"), 1)
	f.Fuzz(func(t *testing.T, files []byte, i int) {
		all := clients()
		c := all[uint(i)%uint(len(all))]
		if text, err := c.read(files); err == nil {
			if m := c.address.FindSubmatch(text); m != nil {
				var r registries
				c.set(&r, string(m[1]))
			}
		}
	})
}
