package assemble_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/container"
)

// start runs a command in an image, under its init, as its user, on a
// read-only root with no network but its own.
func start(t *testing.T, img v1.Image, command ...string) *container.Container {
	t.Helper()
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.Config.Entrypoint, config.Config.Cmd = []string{"/usr/sbin/slipway-init", "--"}, command
	if img, err = mutate.ConfigFile(img, config); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "asm") //nolint:usetesting // short: it will have sockets
	if err != nil {
		t.Fatal(err)
	}
	c, err := container.Start(t.Context(), img, container.Options{Dir: dir})
	if err != nil {
		t.Fatal(everything(err))
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return c
}

// says gives what a command writes until it ends.
func says(t *testing.T, img v1.Image, command ...string) string {
	t.Helper()
	c := start(t, img, command...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	exit, err := c.Wait(ctx)
	stdout, stderr := c.Output()
	if err != nil || exit.Code != 0 {
		t.Errorf("%s: exit %+v, %v\n%s%s", command[0], exit, err, stdout, stderr)
	}
	return strings.TrimSpace(stdout + stderr)
}

const pythonProbe = `
import asyncio, bz2, ctypes, curses, decimal, hashlib, json, lzma, os, readline, sqlite3, ssl, sys, uuid, zlib, zoneinfo
absent = []
for name in "pip", "ensurepip", "idlelib", "test", "tkinter":
    try:
        __import__(name)
    except ImportError:
        absent.append(name)
try:
    open("/etc/x", "w")
except OSError as e:
    print("root:", e.strerror)
print(os.getuid(), os.system("exit 3") >> 8, zoneinfo.ZoneInfo("Europe/Berlin"), json.__cached__ is not None and os.path.exists(json.__cached__), len(absent), len(ssl.create_default_context().get_ca_certs()) > 100)
`

const nodeProbe = `
const child = require("child_process"), fs = require("fs"), tls = require("tls")
let root = "writable"
try { fs.writeFileSync("/etc/x", "") } catch (e) { root = e.code }
console.log(process.versions.node.split(".")[0], process.getuid(), child.spawnSync("exit 3", {shell: true}).status, root, new Intl.DateTimeFormat("de", {timeZone: "Europe/Berlin"}).resolvedOptions().timeZone, tls.rootCertificates.length > 100)
`

// checkInterpreters starts the program of each run image that has one.
func checkInterpreters(t *testing.T, h house, images map[string]slipway.StackImage) {
	t.Helper()
	image := func(recipe string) v1.Image { return h.image(t, images[recipe].String()) }
	for recipe, tt := range map[string]struct{ command, want []string }{
		"python": {[]string{"/usr/local/bin/python", "-c", pythonProbe}, []string{"root: Read-only file system", "10001 3 Europe/Berlin True 5 True"}},
		"node":   {[]string{"/usr/local/bin/node", "-e", nodeProbe}, []string{"22 10001 3 EROFS Europe/Berlin true"}},
		"java":   {[]string{"java", "-Xshare:on", "-XshowSettings:properties", "-version"}, []string{"java.home = /usr/lib/jvm/java-17-openjdk-amd64", "user.name = slipway", "sharing)"}},
	} {
		got := says(t, image(recipe), tt.command...)
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s says %q, which lacks %q", recipe, got, want)
			}
		}
	}
	keys := says(t, image("java"), "/usr/lib/jvm/java-17-openjdk-amd64/bin/keytool", "-list", "-cacerts", "-storepass", "changeit")
	if n := strings.Count(keys, "trustedCertEntry"); n < 100 || strings.Count(keys, "2001") < n {
		t.Errorf("Java trusts %d certificates:\n%.500s", n, keys)
	}
}

// checkWeb has the web image serve what it has itself.
func checkWeb(t *testing.T, image v1.Image) {
	t.Helper()
	site := start(t, image, "slipway-web", "-root", "/usr/share/doc")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := site.Get(ctx, 8080, "/tini/copyright")
		if err == nil && status == 200 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the web server answers %d, %v", status, err)
		case <-tick.C:
		}
	}
}
