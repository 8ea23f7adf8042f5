package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const someConf = `# of the machine
[global]
cert = /etc/ssl/own.pem
cache-dir = /var/cache/pip
index_url: https://user:p%40ss@pypi.corp.example/simple
extra-index-url =
    https://one.example/simple
    https://two.example/simple
find-links = /opt/wheels
    https://links.example/wheels/

[install]
trusted-host = pypi.corp.example
[freeze]
index-url = https://not.example
`

func TestApp_PipSettings(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "pip", "pip.conf"), someConf)
	app := with(map[string]string{"HOME": home, "PIP_EXTRA_INDEX_URL": "https://three.example/simple"})
	got, err := app.pipSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := `[global]
index-url = https://user:p%40ss@pypi.corp.example/simple
extra-index-url = https://three.example/simple
find-links = https://links.example/wheels/
trusted-host = pypi.corp.example
`
	if diff := cmp.Diff(want, string(got.file)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"pypi.corp.example", "three.example", "links.example"}, got.hosts); diff != "" {
		t.Error(diff)
	}
	uv, err := app.uvSettings()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"index-url = 'https://user:p%40ss@pypi.corp.example/simple'", "three.example", "allow-insecure-host = ['pypi.corp.example']"} {
		if !strings.Contains(string(uv.file), part) {
			t.Errorf("uv, which has no settings of its own, does not get %s:\n%s", part, uv.file)
		}
	}
}

func TestApp_PipSettings_offByNullDevice(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "pip", "pip.conf"), someConf)
	got, err := with(map[string]string{"HOME": home, "PIP_CONFIG_FILE": "/dev/null"}).pipSettings()
	if err != nil || got.file != nil {
		t.Errorf("%s, %v", got.file, err)
	}
}

func TestApp_UVSettings(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "uv", "uv.toml"), `cache-dir = "/var/cache/uv"
python-preference = "system"

[[index]]
name = "corp-main"
url = "https://pypi.corp.example/simple"
default = true
`)
	app := with(map[string]string{"HOME": home, "UV_INDEX_CORP_MAIN_USERNAME": "robot", "UV_INDEX_CORP_MAIN_PASSWORD": "s3/cret", "UV_INDEX": "more=https://more.example/simple"})
	got, err := app.uvSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := `[[index]]
name = 'corp-main'
url = 'https://robot:s3%2Fcret@pypi.corp.example/simple'
default = true

[[index]]
name = 'more'
url = 'https://more.example/simple'
`
	if diff := cmp.Diff(want, string(got.file)); diff != "" {
		t.Error(diff)
	}
	pip, err := app.pipSettings()
	if err != nil || !strings.Contains(string(pip.file), "index-url = https://robot:s3%2Fcret@pypi.corp.example/simple\nextra-index-url = https://more.example/simple\n") {
		t.Errorf("pip, which has no settings of its own, gets\n%s%v", pip.file, err)
	}
}

func FuzzPipConf(f *testing.F) {
	f.Add([]byte(someConf))
	f.Add([]byte("[global]\nindex-url\n  x\n=\n"))
	f.Fuzz(func(t *testing.T, conf []byte) {
		values := parsePipConf(conf)
		x := pyIndexes{main: values["index-url"], extra: strings.Fields(values["extra-index-url"])}
		if again := parsePipConf(pipConf(x)); !strings.ContainsAny(x.main, "\r\n;#") && again["index-url"] != x.main && x.main == strings.TrimSpace(x.main) && !strings.ContainsAny(x.main, "\x00\v\f\u0085\u00a0") {
			t.Errorf("%q is written so that it is read as %q", x.main, again["index-url"])
		}
	})
}

func FuzzUV(f *testing.F) {
	f.Add([]byte("[[index]]\nurl = 'https://a.example'\ndefault = true\n"))
	f.Fuzz(func(t *testing.T, conf []byte) {
		file, err := parseUV(conf)
		if err != nil {
			return
		}
		for _, index := range file.Index {
			if index.URL == "" {
				t.Error("an index without an address")
			}
		}
	})
}
