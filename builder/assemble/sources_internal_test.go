package assemble

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func TestParseSources_OneLine(t *testing.T) {
	t.Parallel()
	got := parseSources(false, []byte(strings.Join([]string{
		"# deb http://old.example/debian bookworm main",
		"deb http://mirror.example/debian bookworm main contrib # ours",
		"\tdeb  [ arch=amd64  signed-by=/usr/share/keyrings/x.gpg ] https://user:pw@other.example/deb/ trixie-security main",
		"deb-src http://mirror.example/debian bookworm main",
		"deb cdrom:[Debian GNU/Linux]/ bookworm main",
		"deb file:/srv/debian bookworm main",
		"deb [broken http://mirror.example/debian bookworm main",
		"deb http://flat.example/ ./",
		"debian http://mirror.example/debian bookworm main",
		"deb",
		"",
	}, "\n")))
	want := []archive{
		{URL: "http://mirror.example/debian", Suite: "bookworm", Components: []string{"main", "contrib"}},
		{URL: "https://user:pw@other.example/deb/", Suite: "trixie-security", Components: []string{"main"}, SignedBy: "/usr/share/keyrings/x.gpg"},
		{URL: "http://flat.example/", Suite: "./", Components: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const stanzas = `# the machine's own
Types: deb deb-src
URIs: http://a.example/debian
# between fields
  http://b.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

types: deb
uris: mirror+file:///etc/apt/mirrors/security.list
suites: bookworm-security
components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb-src
URIs: http://src.example/debian
Suites: bookworm
Components: main
`

func TestParseSources_Stanzas(t *testing.T) {
	t.Parallel()
	ours := "/usr/share/keyrings/debian-archive-keyring.gpg"
	want := []archive{
		{URL: "http://a.example/debian", Suite: "bookworm", Components: []string{"main"}, SignedBy: ours},
		{URL: "http://a.example/debian", Suite: "bookworm-updates", Components: []string{"main"}, SignedBy: ours},
		{URL: "http://b.example/debian", Suite: "bookworm", Components: []string{"main"}, SignedBy: ours},
		{URL: "http://b.example/debian", Suite: "bookworm-updates", Components: []string{"main"}, SignedBy: ours},
		{
			URL: "mirror+file:///etc/apt/mirrors/security.list", Suite: "bookworm-security", Components: []string{"main"},
			SignedBy: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc",
		},
	}
	if diff := cmp.Diff(want, parseSources(true, []byte(stanzas))); diff != "" {
		t.Error(diff)
	}
}

func TestMachineMirror(t *testing.T) {
	t.Parallel()
	debian := "PRETTY_NAME=\"Debian\"\nID=debian\n"
	for name, tt := range map[string]struct {
		files map[string]string
		want  slipway.DebianMirror
	}{
		"another suite of the same mirror": {
			map[string]string{"etc/os-release": debian, "etc/apt/sources.list": "deb http://m.example/debian trixie main\ndeb http://s.example/security trixie-security main\n"},
			slipway.DebianMirror{URL: "http://m.example/debian", Security: "http://s.example/security"},
		},
		"a vendor's archive first": {
			map[string]string{
				"etc/os-release":                        debian,
				"etc/apt/sources.list.d/aaa.list":       "deb [signed-by=/etc/apt/keyrings/vendor.asc] https://vendor.example bookworm main\n",
				"etc/apt/sources.list.d/bbb.list":       "deb https://other.example/linux bookworm stable\n",
				"etc/apt/sources.list.d/debian.sources": "Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n",
				"etc/apt/sources.list.d/a.list.off":     "deb http://off.example/debian bookworm main\n",
			},
			slipway.DebianMirror{URL: "http://m.example/debian"},
		},
		"old security suite": {
			map[string]string{"etc/os-release": debian, "etc/apt/sources.list": "deb http://s.example/sec buster/updates main\ndeb http://m.example/debian buster main\n"},
			slipway.DebianMirror{URL: "http://m.example/debian", Security: "http://s.example/sec"},
		},
		"only security":        {map[string]string{"etc/os-release": debian, "etc/apt/sources.list": "deb http://s.example/sec bookworm-security main\n"}, slipway.DebianMirror{}},
		"another distribution": {map[string]string{"etc/os-release": "ID=ubuntu\nID_LIKE=debian\n", "etc/apt/sources.list": "deb http://m.example/ubuntu noble main\n"}, slipway.DebianMirror{}},
		"nothing there":        {nil, slipway.DebianMirror{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := fstest.MapFS{}
			for path, text := range tt.files {
				root[path] = &fstest.MapFile{Data: []byte(text)}
			}
			if diff := cmp.Diff(tt.want, machineMirror(root)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUsedMirror_ReadsWhatTheBootstrapUsed(t *testing.T) {
	t.Parallel()
	want := slipway.DebianMirror{URL: "http://m.example/debian", Security: "http://s.example/security"}
	for name, key := range map[string]string{"with a keyring": "/k.gpg", "without": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, baseSources), sourcesList(want, "bookworm", key), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := usedMirror(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, baseSources), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := usedMirror(empty); slipway.ErrorCode(err) != slipway.CodeUnavailable {
		t.Errorf("an empty list: %v", err)
	}
}

func FuzzParseSources(f *testing.F) {
	f.Add(true, []byte(stanzas))
	f.Add(false, []byte("deb [ signed-by=/x ] http://m.example/debian bookworm main\n"))
	f.Add(true, []byte(" leading\n:\nTypes: deb\nURIs: http://[::1\nSuites: a\n"))
	f.Fuzz(func(t *testing.T, deb822 bool, data []byte) {
		for _, a := range parseSources(deb822, data) {
			if !usable(a.URL) || a.Suite == "" || strings.ContainsAny(a.URL+a.Suite, " \t\r\n") {
				t.Fatalf("gave an archive that no list can have: %+v", a)
			}
		}
	})
}
