package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApp_NpmSettings_YarnAndBunAreReadToo(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".yarnrc"), "# mine\nregistry \"https://old.example/\"\n\"@one:registry\" \"https://one.example/\"\nlastUpdateCheck 1\n")
	write(t, filepath.Join(home, ".yarnrc.yml"), `npmRegistryServer: "https://npm.example/all"
npmAuthToken: "${NPM_TOKEN}"
npmScopes:
  shop:
    npmRegistryServer: https://shop.example:8443/npm
    npmAuthIdent: "ada:${ABSENT-secret}"
npmRegistries:
  //other.example:
    npmAuthToken: other
    npmAlwaysAuth: true
enableTelemetry: false
`)
	write(t, filepath.Join(home, ".bunfig.toml"), `telemetry = false
[install]
registry = "https://bun.example/"
[install.scopes]
desk = { url = "https://desk.example/npm", token = "$DESK_TOKEN" }
"@plain" = "https://plain.example/"
`)
	write(t, filepath.Join(home, ".npmrc"), "@shop:registry=https://npm.shop.example/\n")
	got, err := with(map[string]string{"HOME": home, "NPM_TOKEN": "all", "DESK_TOKEN": "desk"}).npmSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := `//desk.example/npm/:_authToken=desk
//npm.example/all/:_authToken=all
//other.example/:_authToken=other
//shop.example:8443/npm/:_auth=YWRhOnNlY3JldA==
@desk:registry=https://desk.example/npm
@one:registry=https://one.example/
@plain:registry=https://plain.example/
@shop:registry=https://npm.shop.example/
registry=https://npm.example/all
`
	if diff := cmp.Diff(want, string(got.file)); diff != "" {
		t.Errorf("npmrc (-want +got):\n%s", diff)
	}
}

func TestApp_NpmSettings_OfYarnsEnvironment(t *testing.T) {
	t.Parallel()
	got, err := with(map[string]string{"HOME": t.TempDir(), "YARN_NPM_REGISTRY_SERVER": "https://npm.example", "YARN_NPM_AUTH_TOKEN": "t"}).npmSettings()
	if want := "//npm.example/:_authToken=t\nregistry=https://npm.example\n"; err != nil || string(got.file) != want {
		t.Errorf("%q, %v, want %q", got.file, err, want)
	}
	home := t.TempDir()
	write(t, filepath.Join(home, ".yarnrc.yml"), "npmScopes: [")
	if _, err := with(map[string]string{"HOME": home}).npmSettings(); err == nil {
		t.Error("settings that are not YAML are passed over")
	}
}

func FuzzParseYarnrcYML(f *testing.F) {
	f.Add([]byte("npmRegistryServer: https://h/\nnpmAuthToken: ${T-x}\nnpmScopes: {a: {npmRegistryServer: //b}}\n"))
	f.Add([]byte("registry \"https://h/\"\n\"@a:registry\" https://b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		values := map[string]string{}
		parseYarnrc(b, values)
		if file, err := parseYarnrcYML(b, func(string) (string, bool) { return "v", true }); err == nil {
			file.values(values)
		}
		soundValues(t, values)
	})
}

func FuzzParseBunfig(f *testing.F) {
	f.Add([]byte("[install]\nregistry = {url = \"https://h/\", token = \"$T\"}\n[install.scopes]\na = \"https://b/\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		values := map[string]string{}
		if parseBunfig(b, func(string) (string, bool) { return "v", true }, values) == nil {
			soundValues(t, values)
		}
	})
}

// soundValues sees that nothing breaks out of its line of an .npmrc.
func soundValues(t *testing.T, values map[string]string) {
	t.Helper()
	for name, value := range values {
		if !aboutRegistries(name) || strings.ContainsAny(name+value, "\r\n\x00") || strings.Contains(name, "=") {
			t.Errorf("%q=%q", name, value)
		}
	}
}
