package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway"
)

func appWith(env map[string]string) *app {
	return &app{env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SLIPWAY_QUEUE_USER": "control", "SLIPWAY_QUEUE_PASSWORD": "pw"}
	for _, c := range []struct {
		addresses, user, password string
		urls                      []string
		env                       map[string]string
		code                      slipway.Code
	}{
		{addresses: "nats://a:4222", urls: []string{"nats://a:4222"}},
		{addresses: "nats://a, tls://b:4333 ,nats://c/", urls: []string{"nats://a", "tls://b:4333", "nats://c"}, env: env, user: "control", password: "pw"},
		{addresses: "nats://me:s3cret@a,nats://b", urls: []string{"nats://a", "nats://b"}, env: env, user: "me", password: "s3cret"},
		{addresses: "", code: slipway.CodeUsage},
		{addresses: "a:4222", code: slipway.CodeUsage},
		{addresses: "nats://a,,", code: slipway.CodeUsage},
		{addresses: "http://a", code: slipway.CodeUsage},
		{addresses: "nats://a/account", code: slipway.CodeUsage},
		{addresses: "nats://a", env: map[string]string{"SLIPWAY_QUEUE_WORKER_USER": "w"}, code: slipway.CodeUsage},
	} {
		got, err := appWith(c.env).cluster(c.addresses)
		if slipway.ErrorCode(err) != c.code {
			t.Errorf("%q: %v", c.addresses, err)
		}
		if err != nil {
			continue
		}
		if d := cmp.Diff(c.urls, got.urls); d != "" || got.user != c.user || got.password != c.password {
			t.Errorf("%q: user %q, password %q, %s", c.addresses, got.user, got.password, d)
		}
	}
}

func FuzzCluster(f *testing.F) {
	f.Add("nats://u:p@a:1,tls://b")
	f.Fuzz(func(t *testing.T, addresses string) {
		got, err := appWith(nil).cluster(addresses)
		if err != nil && slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%q: %v", addresses, err)
		}
		if err == nil && len(got.urls) == 0 {
			t.Errorf("%q: no address and no error", addresses)
		}
	})
}

func TestSealKey_ANamedFileIsNeverMade(t *testing.T) {
	t.Parallel()
	d := &dataDir{path: t.TempDir()}
	made, err := d.sealKey("")
	if err != nil || len(made) != sealBytes {
		t.Fatalf("%d bytes, %v", len(made), err)
	}
	if again, err := d.sealKey(""); err != nil || !bytes.Equal(again, made) {
		t.Errorf("the second start has another key, or %v", err)
	}
	named := filepath.Join(t.TempDir(), "seal")
	if _, err := d.sealKey(named); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("a named file that is not there: %v", err)
	}
	for size, code := range map[int]slipway.Code{sealBytes: "", sealBytes - 1: slipway.CodeUsage, 0: slipway.CodeUsage} {
		if err := os.WriteFile(named, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.sealKey(named); slipway.ErrorCode(err) != code {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestServerFlags_ApartRefusesWhatIsBothHereAndElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code slipway.Code
	}{
		{args: []string{"--queue", "nats://a", "--registry-url", "http://b:5080"}},
		{args: []string{"--queue", "nats://a", "--queue-listen", ":4222"}, code: slipway.CodeUsage},
		{args: []string{"--registry", ":5080", "--registry-url", "http://b:5080"}, code: slipway.CodeUsage},
	} {
		var f serverFlags
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.controlFlags(flags)
		f.scaleFlags(flags)
		if err := flags.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		if err := f.apart(flags); slipway.ErrorCode(err) != c.code {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}
