package engine_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A world is two network namespaces that a test makes: one stands for the host
// that the engine runs on, the other for everything around it. All addresses
// that attacks go for are stand-ins there, none is the real machine's.
const (
	worldVariable = "ENGINE_TEST_WORLD"
	peerArgument  = "engine-peer"

	hostAddress     = "192.0.2.7" // of the host, public-looking
	hostPrivate     = "10.77.0.2" // of the host, private
	hostSix         = "fd77::2"
	outsideAddress  = "198.51.100.10" // the internet
	metadataAddress = "169.254.169.254"
	corpAddress     = "10.99.0.1" // another private machine
	outsideSix      = "2001:db8:1::10"

	hostMark = "stand-in HOST"
	peerMark = "stand-in PEER"
)

const worldHosts = `127.0.0.1 localhost lh.attack.test
::1 localhost6 lh6.attack.test
192.0.2.7 eth.attack.test
10.77.0.2 eth2.attack.test
169.254.169.254 meta.attack.test
0.0.0.0 zero.attack.test
10.99.0.1 corp.test other.corp.test
198.51.100.10 outside.test
198.51.100.10 mixed.attack.test
127.0.0.1 mixed.attack.test
`

// insideWorld runs the calling test again in namespaces of its own and reports
// whether this process is the one inside.
func insideWorld(t *testing.T) bool {
	t.Helper()
	if os.Getenv(worldVariable) == t.Name() {
		return true
	}
	needRoot(t)
	for _, program := range []string{"ip", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			need(t, program)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, "-test.v", "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), worldVariable+"="+t.Name(), "ENGINE_TEST_PROBE="+probe(t))
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	output, err := command.CombinedOutput()
	t.Logf("inside:\n%s", output)
	if err != nil {
		t.Errorf("inside: %v", err)
	}
	if strings.Contains(string(output), "--- SKIP") {
		t.Skip("skipped inside")
	}
	return false
}

// makeWorld sets the namespaces up and gives the peer's certificate.
func makeWorld(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	for path, content := range map[string]string{"/etc/hosts": worldHosts, "/etc/resolv.conf": "nameserver 127.0.0.1\n"} {
		file := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil { // everyone reads these
			t.Fatal(err)
		}
		if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount(file, path, "", syscall.MS_BIND, ""); err != nil {
			t.Fatal(err)
		}
	}
	pid := startPeer(t, dir)
	run(t, "ip", "link", "set", "lo", "up")
	run(t, "ip", "link", "add", "world", "type", "veth", "peer", "name", "peer", "netns", pid)
	addresses(t, []string{"ip"}, "world", hostAddress+"/24", hostPrivate+"/24", hostSix+"/64")
	addresses(t, []string{"nsenter", "-t", pid, "-n", "ip"}, "peer", "192.0.2.254/24", "fd77::fe/64",
		outsideAddress+"/32", metadataAddress+"/32", corpAddress+"/32", outsideSix+"/128")
	run(t, "ip", "route", "add", "default", "via", "192.0.2.254")
	run(t, "ip", "-6", "route", "add", "default", "via", "fd77::fe")
	run(t, "nsenter", "-t", pid, "-n", "ip", "route", "add", hostPrivate+"/32", "via", hostAddress)
	serveMark(t, "[::]:8098", hostMark)
	certificate, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func addresses(t *testing.T, ip []string, device string, list ...string) {
	t.Helper()
	do := func(arguments ...string) { run(t, ip[0], append(ip[1:len(ip):len(ip)], arguments...)...) }
	for _, address := range list {
		arguments := []string{"addr", "add", address, "dev", device}
		if strings.Contains(address, ":") {
			arguments = append(arguments, "nodad")
		}
		do(arguments...)
	}
	do("link", "set", device, "up")
}

// startPeer starts the process that everything around the host is, and gives
// its id. It dies with the test.
func startPeer(t *testing.T, dir string) string {
	t.Helper()
	writeCertificate(t, dir)
	command := exec.CommandContext(t.Context(), "/proc/self/exe", peerArgument, dir)
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	command.Stderr = os.Stderr
	ready, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		t.Fatalf("the peer did not start: %v", err)
	}
	return strconv.Itoa(command.Process.Pid)
}

// peer is the other process: a web server on every address.
func peer(dir string) int {
	handler := mark(peerMark)
	plain, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "[::]:80")
	if err != nil {
		return 1
	}
	secure, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "[::]:443")
	if err != nil {
		return 1
	}
	fmt.Println("ready")
	go func() { _ = http.Serve(plain, handler) }()
	_ = http.ServeTLS(secure, handler, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	return 0
}

func mark(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, text) }
}

func serveMark(t *testing.T, address, text string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mark(text), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

func writeCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"outside.test", "lh.attack.test", "corp.test"}, IPAddresses: []net.IP{net.ParseIP(outsideAddress)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")); err != nil {
		t.Fatal(err)
	}
}
