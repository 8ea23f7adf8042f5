package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// with is a program with the environment given and no other.
func with(env map[string]string) *app {
	return &app{env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestApp_Settings_AreTheMachinesOwn(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	ca := write(t, filepath.Join(home, "ca.pem"), "-----BEGIN CERTIFICATE-----\n")
	write(t, filepath.Join(home, ".config", "go", "env"), "# mine\nGOPROXY=https://old.example\nGOPRIVATE=git.example\nGOFLAGS=-x\n")
	write(t, filepath.Join(home, ".netrc"), "machine git.example login a password b\n")
	got, err := with(map[string]string{
		"HOME": home, "SSL_CERT_FILE": ca, "GOPROXY": "https://proxy.example/go,direct", "https_proxy": "http://out.example:3128", "NO_PROXY": "localhost",
		"SLIPWAY_PRIVATE_HOSTS": "a.example, b.example", "SLIPWAY_DEBIAN_MIRROR": "http://deb.example/debian",
	}).settings()
	if err != nil {
		t.Fatal(err)
	}
	want := slipway.Settings{
		CA:      []byte("-----BEGIN CERTIFICATE-----\n"),
		Proxy:   slipway.Proxy{HTTPS: "http://out.example:3128", No: "localhost"},
		Go:      map[string]string{"GOPROXY": "https://proxy.example/go,direct", "GOPRIVATE": "git.example"},
		Netrc:   []byte("machine git.example login a password b\n"),
		Debian:  slipway.DebianMirror{URL: "http://deb.example/debian"},
		Private: []string{"a.example", "b.example", "proxy.example", "deb.example"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestApp_Settings_WhatIsNamedMustBeThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noCertificate := write(t, filepath.Join(dir, "empty.pem"), "nothing")
	for name, env := range map[string]map[string]string{
		"no CA file":         {"SLIPWAY_CA": filepath.Join(dir, "absent")},
		"CA file without CA": {"SLIPWAY_CA": noCertificate},
		"no netrc":           {"NETRC": filepath.Join(dir, "absent")},
	} {
		if _, err := with(env).settings(); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%s: error %v, want a usage error", name, err)
		}
	}
}

func FuzzParseGoEnv(f *testing.F) {
	f.Add([]byte("GOPROXY=x\n#no=1\n=\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for k := range parseGoEnv(b) {
			if len(k) > len(b) {
				t.Errorf("name %q is not in %q", k, b)
			}
		}
	})
}
