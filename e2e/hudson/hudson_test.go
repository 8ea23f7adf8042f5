//go:build e2e

package hudson_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/e2e/hudson"
)

// What this program is when it is started with an argument.
const (
	inside = "hudson-inside" // the first process of a Hudson's namespaces
	owner  = "hudson-owner"  // somebody who starts a Hudson and is killed: then come the jars and the directory
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == inside {
		os.Exit(hudson.Init())
	}
	if len(os.Args) > 3 && os.Args[1] == owner {
		s, err := hudson.Start(context.Background(), config(os.Args[2], os.Args[3]))
		fmt.Println(s.URL(), err)
		select {}
	}
	os.Exit(m.Run())
}

func config(jars, dir string) hudson.Config {
	return hudson.Config{Jars: jars, Dir: dir, Self: []string{"/proc/self/exe", inside}}
}

// jars gives the directory of Hudson's files.
func jars(t *testing.T) string {
	t.Helper()
	dir, err := hudson.Jars(t.Context(), filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a Hudson for the time of the test.
func start(t *testing.T, c hudson.Config) *hudson.Server {
	t.Helper()
	s, err := hudson.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestHudson makes a job, builds it with parameters, reads its console as it
// comes, stops it, and finds it again in a Hudson that was started anew.
func TestHudson(t *testing.T) {
	t.Parallel()
	c := config(jars(t), t.TempDir())
	s := start(t, c)
	job(t, s, "waits", `echo "for $WHO at $BUILD_URL"; set +x; trap 'echo told >told; exit 1' TERM; sleep 600 & wait`)
	ask(t, s, http.MethodPost, "/job/waits/buildWithParameters?delay=0sec", "WHO=shop%2Fweb", http.StatusFound)
	console(t, s, "waits", "for shop/web at "+s.URL()+"/job/waits/1/\r\n") // its own line ends
	ask(t, s, http.MethodPost, "/job/waits/1/stop", "", http.StatusFound)
	ends(t, s, "waits", "ABORTED")
	eventually(t, "the step hears of the stop", func() bool { // what it says then, nobody reads
		return read(filepath.Join(c.Dir, "home/jobs/waits/workspace/told")) == "told\n"
	})

	eventually(t, "Hudson has written down how it ended", func() bool {
		files, _ := filepath.Glob(filepath.Join(c.Dir, "home/jobs/waits/builds/*/build.xml"))
		return len(files) > 0 && strings.Contains(read(files[0]), "<result>ABORTED</result>")
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, c.Dir)
	s = start(t, c)
	ends(t, s, "waits", "ABORTED")
	refused(t, s)
}

// refused asks with a wrong password, and with none.
func refused(t *testing.T, s *hudson.Server) {
	t.Helper()
	for _, password := range []string{"", "wrong"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/json", nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			r.SetBasicAuth(hudson.User, password)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("with password %q: %s", password, answer.Status)
		}
	}
}

// TestHudson_Reach has a job ask the one address that was named, and others.
func TestHudson_Reach(t *testing.T) {
	t.Parallel()
	named := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "the named one") }))
	defer named.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "another one") }))
	defer other.Close()
	c := config(jars(t), t.TempDir())
	c.Reach = map[int]string{9000: named.Listener.Addr().String(), 9001: "127.0.0.1:1"}
	s := start(t, c)
	tries := []string{"http://127.0.0.1:9000/", "http://127.0.0.1:9001/", other.URL, s.URL()}
	for _, address := range addresses(t) {
		tries = append(tries, "http://"+net.JoinHostPort(address, other.URL[strings.LastIndexByte(other.URL, ':')+1:]))
	}
	script := "set +e\n"
	for _, address := range tries {
		script += "curl -sS -m 5 " + address + "\n"
	}
	job(t, s, "asks", script+"echo \"that was all of \"`ls /sys/class/net`")
	ask(t, s, http.MethodPost, "/job/asks/buildWithParameters?delay=0sec", "", http.StatusFound)
	ends(t, s, "asks", "SUCCESS")
	text := ask(t, s, http.MethodGet, "/job/asks/1/consoleText", "", http.StatusOK)
	if strings.Count(text, "\nthe named one") != 1 || strings.Contains(text, "\nanother one") || strings.Count(text, "curl: (") != len(tries)-1 {
		t.Errorf("it heard of %q:\n%s", tries, text)
	}
}

// addresses gives what this machine is called in networks.
func addresses(t *testing.T) (found []string) {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && !ip.IP.IsLoopback() {
			found = append(found, ip.IP.String())
		}
	}
	return found
}

// TestHudson_Killed kills who started a Hudson: nothing is left of it.
func TestHudson_Killed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", owner, jars(t), dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 256)
	n, err := out.Read(said)
	if err != nil || !bytes.HasPrefix(said, []byte("http://")) || !bytes.HasSuffix(said[:n], []byte(" <nil>\n")) {
		t.Fatalf("it said %q, %v", said[:n], err)
	}
	if len(processes(t, dir)) == 0 {
		t.Fatal("no process of Hudson's was found")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	nothingLeft(t, dir)
}

// TestHudson_DoesNotStart says what Hudson said.
func TestHudson_DoesNotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := hudson.Start(t.Context(), config(dir, dir))
	if err == nil {
		_ = s.Close()
		t.Fatal("it started without its files")
	}
	if !strings.Contains(err.Error(), "org.eclipse.jetty.runner.Runner") {
		t.Errorf("%v", err)
	}
	nothingLeft(t, dir)
}

// job makes a job with one parameter and one shell step.
func job(t *testing.T, s *hudson.Server, name, script string) {
	t.Helper()
	ask(t, s, http.MethodPost, "/createItem?name="+url.QueryEscape(name), hudson.FreestyleJob(script, "WHO"), http.StatusOK)
}

// ask asks as Hudson's user and gives the answer's text.
func ask(t *testing.T, s *hudson.Server, method, path, body string, want int) string {
	t.Helper()
	a, err := s.Ask(t.Context(), method, path, body)
	if err != nil || a.Status != want {
		t.Fatalf("%s %s: %d, %v\n%s", method, path, a.Status, err, a.Text)
	}
	return a.Text
}

// console reads a first build's console part by part until it has said text.
func console(t *testing.T, s *hudson.Server, name, text string) {
	t.Helper()
	from, all := "0", ""
	defer func() {
		if t.Failed() {
			t.Logf("the console said:\n%s", all)
		}
	}()
	eventually(t, "the console says "+text, func() bool {
		a, err := s.Ask(t.Context(), http.MethodGet, "/job/"+name+"/1/logText/progressiveText?start="+from, "")
		if err != nil {
			t.Fatal(err)
		}
		if a.Status == http.StatusOK {
			from = a.Header.Get("X-Text-Size")
			all += a.Text
		}
		return strings.Contains(all, text)
	})
}

// ends waits until a first build has ended, as it should.
func ends(t *testing.T, s *hudson.Server, name, result string) {
	t.Helper()
	eventually(t, name+" ends with "+result, func() bool {
		return strings.Contains(ask(t, s, http.MethodGet, "/job/"+name+"/api/json?tree=builds[number,result,building]", "", http.StatusOK), `"building":false,"number":1,"result":"`+result+`"`)
	})
}

// read gives a file's text, and none where there is no file yet.
func read(file string) string {
	text, _ := os.ReadFile(file)
	return string(text)
}

// nothingLeft waits until no process knows the directory.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	eventually(t, "Hudson is gone", func() bool { return len(processes(t, dir)) == 0 })
}

// processes gives those with the directory in their environment, as all of a Hudson's
// have.
func processes(t *testing.T, dir string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, _ := os.ReadFile(file) // a process may end meanwhile
		if bytes.Contains(text, []byte(dir)) {
			found = append(found, file)
		}
	}
	return found
}

func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !reached() {
		select {
		case <-deadline:
			t.Fatalf("%s: did not happen", what)
		case <-tick.C:
		}
	}
}
