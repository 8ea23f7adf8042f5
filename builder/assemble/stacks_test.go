package assemble_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/buildpacks"
)

// testLog writes what happens to the test's log.
type testLog struct{ t *testing.T }

func (l testLog) Line(line slipway.LogLine) { l.t.Logf("%s | %s", line.Step, line.Text) }

func (l testLog) Event(e slipway.StepEvent) {
	if !e.Ended.IsZero() {
		l.t.Logf("%s: %.1f s %s", e.Step, e.Ended.Sub(e.Started).Seconds(), e.Error)
	}
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// newAssembler gives one that reaches the world through the exit, trusts one
// more CA than this machine, and has credentials: what must not be found in
// an image.
func newAssembler(t *testing.T, h house, e *exit, ca []byte, address, cache string) *assemble.Assembler {
	t.Helper()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := mustURL(t, e.URL)
	proxy.User = url.UserPassword(e.user, e.password)
	system, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		skip(t, "this machine has no CA bundle: %v", err)
	}
	return &assemble.Assembler{
		Address: address, Registry: h.auth, Lock: lock, Cache: cache, Log: testLog{t},
		Settings: slipway.Settings{
			CA:    append(system, ca...),
			Proxy: slipway.Proxy{HTTP: proxy.String(), HTTPS: proxy.String()},
			Netrc: []byte("machine canary.example login canary-login password canary-token\n"),
		},
	}
}

// newCA gives a CA certificate that nobody else has.
func newCA(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Canary CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// madeElsewhere are languages whose images the end-to-end tests make, check
// and start in any case: making them twice would double the time of a run.
// SLIPWAY_TEST_STACKS=all makes them here, too.
func madeElsewhere() []string {
	if os.Getenv("SLIPWAY_TEST_STACKS") == "all" {
		return nil
	}
	return []string{"node", "python", "java", "rust"}
}

func leftToOthers(target buildpacks.Target) bool {
	return slices.Contains(madeElsewhere(), strings.TrimSuffix(target.Recipe, "-build"))
}

// TestAssembler makes the default images on a fresh daemon, from nothing, and
// looks at what came out. Its parts share the images.
func TestAssembler(t *testing.T) {
	requireTools(t)
	h, e, ca, cache := newHouse(t), newExit(t), newCA(t), t.TempDir()
	address := startDaemon(t, h)
	a := newAssembler(t, h, e, ca, address, cache)
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := assemble.Targets(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	targets = slices.DeleteFunc(targets, leftToOthers)
	made, err := a.Make(t.Context(), targets)
	if err != nil {
		t.Fatal(everything(err))
	}
	if e.served.Load() == 0 {
		t.Error("nothing went through the organisation's proxy")
	}
	images := map[string]slipway.StackImage{}
	for _, m := range made {
		images[m.Recipe] = m.Image
		reportSize(t, h, m)
	}
	secrets := canaries(t, ca, e)
	seen := map[v1.Hash]bool{}
	for recipe, image := range images {
		t.Run("nothing of the machine is in "+recipe, func(t *testing.T) { checkClean(t, h.image(t, image.String()), secrets, seen) })
	}
	t.Run("the lock resolves every stack of the catalogue", func(t *testing.T) {
		for _, s := range catalogue.Usual(buildpacks.ProfileAssembled) {
			if slices.Contains(madeElsewhere(), strings.SplitN(s.Name, "-", 2)[0]) {
				continue
			}
			if r, err := a.Lock.Resolve(s); err != nil || !r.Resolved() {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	})
	t.Run("what is here is found", func(t *testing.T) { checkReuse(t, a, targets, made) })
	t.Run("programs run", func(t *testing.T) { checkRun(t, h, address, images) })
	t.Run("the web server serves", func(t *testing.T) { checkWeb(t, h.image(t, images["web"].String())) })
	if len(madeElsewhere()) == 0 {
		t.Run("interpreters start", func(t *testing.T) { checkInterpreters(t, h, images) })
	}
	t.Run("a second daemon makes the same", func(t *testing.T) {
		other := newHouse(t)
		b := newAssembler(t, other, e, ca, startDaemon(t, other), cache)
		again, err := b.Make(t.Context(), []buildpacks.Target{{Recipe: "cc", Suite: "bookworm"}})
		if err != nil {
			t.Fatal(everything(err))
		}
		for _, m := range again {
			if m.Image != images[m.Recipe] {
				t.Errorf("%s: got %s, before %s", m.Recipe, m.Image, images[m.Recipe])
			}
		}
	})
}

// canaries are byte strings that no image may have.
func canaries(t *testing.T, ca []byte, e *exit) []string {
	t.Helper()
	found := []string{e.user, e.password, "canary-token", mustURL(t, e.URL).Host}
	bundles := [][]byte{ca}
	local, err := filepath.Glob("/usr/local/share/ca-certificates/*.crt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range local { // what this machine's owner added to Debian's
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, data)
	}
	for _, bundle := range bundles {
		lines := bytes.Split(bytes.TrimSpace(bundle), []byte("\n"))
		found = append(found, string(lines[len(lines)/2]))
	}
	return found
}

// checkReuse makes the same again: nothing is made, and nothing half done stays.
func checkReuse(t *testing.T, a *assemble.Assembler, targets []buildpacks.Target, made []assemble.Made) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(a.Cache, "new-left-by-a-kill"), 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := a.Make(t.Context(), targets)
	if err != nil {
		t.Fatal(everything(err))
	}
	for i, m := range again {
		if !m.Reused || m.Image != made[i].Image {
			t.Errorf("made again: %+v, before %+v", m, made[i])
		}
	}
	if left, _ := filepath.Glob(filepath.Join(a.Cache, "*-*[0-9]")); len(left) == 0 {
		t.Error("the cache is empty")
	}
	for _, pattern := range []string{"fetch-*", "new-*"} {
		if left, _ := filepath.Glob(filepath.Join(a.Cache, pattern)); len(left) != 0 {
			t.Errorf("left in the cache: %s", strings.Join(left, " "))
		}
	}
}
