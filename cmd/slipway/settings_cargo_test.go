package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

func TestApp_CargoSettings_are_what_decides_where_crates_come_from(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, "config.toml"), `
[build]
jobs = 4
target-dir = "/home/me/target"

[registries.corp]
index = "sparse+https://crates.corp.example/index/"
credential-provider = "/usr/local/bin/ask"

[registries.other]
index = "https://git.example/index"

[source.crates-io]
replace-with = "mirror"

[source.mirror]
registry = "sparse+https://mirror.corp.example/crates/"

[source.here]
directory = "/home/me/vendor"

[source."sparse+https://x.example/"]
replace-with = "here"
`)
	write(t, filepath.Join(home, "credentials.toml"), "[registries.corp]\ntoken = \"Bearer a\\\"b\"\n\n[registries.nowhere]\ntoken = \"lost\"\n")
	a := with(map[string]string{"CARGO_HOME": home, "CARGO_REGISTRIES_OTHER_TOKEN": "from the environment", "CARGO_REGISTRIES_MY_OWN_INDEX": "sparse+https://own.example/", "CARGO_REGISTRY_DEFAULT": "corp"})
	a.environ = func() []string { return []string{"CARGO_REGISTRIES_MY_OWN_INDEX=sparse+https://own.example/"} }
	got, err := a.cargoSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := `registries."corp".index = "sparse+https://crates.corp.example/index/"
registries."corp".token = "Bearer a\"b"
registries."my-own".index = "sparse+https://own.example/"
registries."my_own".index = "sparse+https://own.example/"
registries."other".index = "https://git.example/index"
registries."other".token = "from the environment"
source."crates-io".replace-with = "mirror"
source."mirror".registry = "sparse+https://mirror.corp.example/crates/"
registry.default = "corp"
`
	if diff := cmp.Diff(want, string(got.file)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	hosts := []string{"crates.corp.example", "own.example", "own.example", "git.example", "mirror.corp.example"}
	if diff := cmp.Diff(hosts, got.hosts); diff != "" {
		t.Errorf("hosts: -want +got:\n%s", diff)
	}
}

func TestApp_CargoSettings_none_is_no_file(t *testing.T) {
	t.Parallel()
	got, err := with(map[string]string{"HOME": t.TempDir()}).cargoSettings()
	if err != nil || got.file != nil {
		t.Errorf("%q, %v", got.file, err)
	}
}

func TestApp_CargoSettings_refuse_credentials_in_an_address(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write(t, filepath.Join(home, "config.toml"), "[registries.corp]\nindex = \"sparse+https://me:secret@corp.example/\"\n")
	if _, err := with(map[string]string{"CARGO_HOME": home}).cargoSettings(); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("got %v", err)
	}
}

// Whatever the machine's file says, the step's is one that Cargo reads.
func FuzzCargoConfig(f *testing.F) {
	f.Add([]byte("[registries.corp]\nindex = \"sparse+https://a.example/\"\ntoken = \"t\"\n[source.crates-io]\nreplace-with = \"corp\"\n"))
	f.Add([]byte("[registries.\"a\\\"b\"]\nindex = \"x\\u0001\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := cargoConfig{Registries: map[string]*cargoRegistry{}}
		if c.add(b) != nil {
			t.Skip()
		}
		got, err := c.settings()
		if err != nil {
			t.Skip()
		}
		var read cargoConfig
		if err := toml.Unmarshal(got.file, &read); err != nil {
			t.Fatalf("%v in\n%s", err, got.file)
		}
		for name, r := range c.Registries {
			if r.Index != "" && (read.Registries[name] == nil || *read.Registries[name] != *r) {
				t.Errorf("the registry %q became %v", name, read.Registries[name])
			}
		}
	})
}
