package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApp_NpmSettings_AreTheUsersOwn(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, ".npmrc"), strings.Join([]string{
		"; mine", "# too", "registry = https://npm.example/all/", `@shop:registry="https://npm.shop.example:8443/"`,
		"//npm.shop.example:8443/:_authToken=${SHOP_TOKEN}", "//npm.example/:_authToken=${ABSENT}", "cache=/home/x", "nodedir=/usr", "cafile=/etc/x.pem", "//npm.example/:certfile=/x", "init-author-name=x",
	}, "\r\n"))
	write(t, filepath.Join(home, ".config", "pnpm", "rc"), "registry=https://old.example/\n@other:registry=https://other.example/\n")
	got, err := with(map[string]string{"HOME": home, "SHOP_TOKEN": "s3cret"}).npmSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := "//npm.example/:_authToken=${ABSENT}\n//npm.shop.example:8443/:_authToken=s3cret\n@other:registry=https://other.example/\n@shop:registry=https://npm.shop.example:8443/\nregistry=https://npm.example/all/\n"
	if diff := cmp.Diff(want, string(got.file)); diff != "" {
		t.Errorf("npmrc (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"other.example", "npm.shop.example", "npm.example"}, got.hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

func TestApp_NpmSettings_TheEnvironmentWins(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	rc := write(t, filepath.Join(home, "other"), "registry=https://npm.example/\n")
	got, err := with(map[string]string{"NPM_CONFIG_USERCONFIG": rc, "npm_config_registry": "http://mirror.example/npm"}).npmSettings()
	if err != nil || string(got.file) != "registry=http://mirror.example/npm\n" {
		t.Errorf("%q, %v", got.file, err)
	}
	if _, err := with(map[string]string{"NPM_CONFIG_USERCONFIG": filepath.Join(home, "absent")}).npmSettings(); err == nil {
		t.Error("a file that was named and is not there is passed over")
	}
	if got, err := with(nil).npmSettings(); err != nil || got.file != nil || got.hosts != nil {
		t.Errorf("without any setting: %v, %v", got, err)
	}
}

func FuzzParseNpmrc(f *testing.F) {
	f.Add([]byte("registry=x\n//h/:_authToken=\"${T}\"\n;=\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, value := range parseNpmrc(b, func(string) (string, bool) { return "v", true }) {
			if !aboutRegistries(name) || strings.ContainsAny(value, "\r\n") {
				t.Errorf("%q=%q of %q", name, value, b)
			}
		}
	})
}
