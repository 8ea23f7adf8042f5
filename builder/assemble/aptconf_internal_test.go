package assemble

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// TestAptNetwork lets apt itself read what was written for it.
func TestAptNetwork(t *testing.T) {
	t.Parallel()
	aptConfig, err := exec.LookPath("apt-config")
	if err != nil {
		if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
			t.Fatal("required here: apt-config")
		}
		t.Skip("NOT TESTED: apt-config is not installed")
	}
	dir := t.TempDir()
	conf, err := aptNetwork(t.Context(), &serialLog{}, slipway.Settings{
		CA:    []byte("a certificate"),
		Netrc: []byte("machine m login l password p"),
		Proxy: slipway.Proxy{HTTP: "proxy.example:3128", HTTPS: "http://user:pw@proxy.example:3129", No: "localhost,.inner.example, 10.0.0.0/8,*"},
	}, dir)
	if err != nil {
		t.Fatal(err)
	}
	dump := exec.CommandContext(t.Context(), aptConfig, "-c", conf, "dump", "--no-empty")
	out, err := dump.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		`Acquire::http::Proxy "http://proxy.example:3128";`,
		`Acquire::https::Proxy "http://user:pw@proxy.example:3129";`,
		`Acquire::http::Proxy::inner.example "DIRECT";`,
		`Acquire::https::Proxy::localhost "DIRECT";`,
		`Acquire::https::CAInfo "` + filepath.Join(dir, "ca.pem") + `";`,
		`Dir::Etc::netrc "` + filepath.Join(dir, "netrc") + `";`,
	} {
		if !strings.Contains(string(out), want+"\n") {
			t.Errorf("apt does not read %s", want)
		}
	}
	if strings.Contains(string(out), "10.0.0.0") {
		t.Error("a network was given as the name of a host")
	}
	for name, mode := range map[string]os.FileMode{"network.conf": 0o600, "netrc": 0o600, "ca.pem": 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
}

func TestAptQuote_HoldsNoSecondSetting(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": `"plain"`, `a"; Acquire::Evil "x`: `"a"`, "a\nEvil \"x\";": `"a"`, "": `""`,
	} {
		if got := aptQuote(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
