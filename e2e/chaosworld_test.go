//go:build e2e

package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/e2e/localforge"
)

// chaos is a server, a registry, workers with engines and disks of their own,
// and a forge with repositories that change.
type chaos struct {
	random       *rand.Rand
	forge        *localforge.Forge
	server       *part
	images       *part // has the registry, and does nothing else
	gate         *gate // the way to the registry
	workers      []*part
	repositories []*changing
	url          string
	registry     string
	token        string
	changes      int
	counts       map[string]int
}

// part is a process that is killed and started again.
type part struct {
	*world
	about   string
	args    []string
	process *process
	ready   string // what it prints when it is up
	disk    disk   // of a worker
}

// changing is a repository that is pushed to.
type changing struct {
	name  string
	work  string
	file  string // what each change appends to
	line  string // a format with one number
	heads []string
}

func newChaos(t *testing.T, random *rand.Rand) *chaos {
	t.Helper()
	c := &chaos{random: random, counts: map[string]int{}}
	var err error
	if c.forge, err = localforge.Start(t.Context(), localforge.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Token: "forge"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.forge.Close() })
	c.startRegistry(t)
	api, queue := freeAddress(t), freeAddress(t)
	c.url = "http://" + api
	c.server = &part{
		world: &world{program: c.images.program, data: newDataDir(t), env: c.images.env}, about: "server", ready: "Slipway is up",
		args: []string{"serve", "--listen", api, "--registry-url", c.registry, "--queue-listen", queue, "--log", "json"},
	}
	c.start(t, c.server)
	c.token = decode[struct{ Token string }](t, read(t, filepath.Join(c.server.data, "run", "endpoint.json"))).Token
	c.connect(t)
	made := decode[rest.TokenMade](t, c.must(t, http.MethodPost, "/api/v1/tokens", `{"name":"workers","role":"worker"}`))
	for n := range 2 {
		d := newDisk(t, newDataDir(t))
		data := filepath.Join(d.dir, "data") // everybody sees the disk, only the worker's what is below
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		w := &part{
			world: &world{program: c.server.program, data: data, env: []string{"SLIPWAY_SERVER=" + c.url, "SLIPWAY_TOKEN=" + made.Text, "GOPROXY=" + moduleMirror(t)}},
			about: "worker", ready: "works for", disk: d,
			args: []string{"worker", "--name", fmt.Sprintf("w%d", n+1), "--slots", "2"},
		}
		c.workers = append(c.workers, w)
		c.start(t, w)
	}
	return c
}

// startRegistry starts a registry in a process of its own, which everybody
// reaches through a gate. It has the stack images.
func (c *chaos) startRegistry(t *testing.T) {
	t.Helper()
	behind := freeAddress(t)
	c.gate = openGate(t, behind)
	c.registry = "http://" + c.gate.address
	c.images = &part{
		world: newWorld(t, "SLIPWAY_REGISTRY_PASSWORD="+registryPassword), about: "registry", ready: "Slipway is up",
		args: []string{"serve", "--listen", freeAddress(t), "--registry", behind, "--log", "json"},
	}
	c.start(t, c.images)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// connect makes the repositories, with a service each, and their hooks.
func (c *chaos) connect(t *testing.T) {
	t.Helper()
	c.must(t, http.MethodPost, "/api/v1/teams", `{"name":"shop"}`)
	for _, r := range []*changing{
		{name: "stdlib", work: "go/stdlib", file: "main.go", line: "\nvar _ = %d\n"},
		{name: "plain", work: "python/no-dependencies", file: "changes.py", line: "number = %d\n"},
		{name: "pages", work: "static/pages", file: "changes.html", line: "<p>%d</p>\n"},
	} {
		full := "shop/" + r.name
		url := c.forge.URL() + "/" + full + ".git"
		made := decode[rest.ConnectionView](t, c.must(t, http.MethodPost, "/api/v1/teams/shop/connections",
			fmt.Sprintf(`{"forge":"gitea","repository":%q,"url":%q,"token":"forge","clone":{"user":"git","password":"forge"},"default":"refs/heads/main"}`, full, url)))
		c.must(t, http.MethodPost, "/api/v1/teams/shop/services", fmt.Sprintf(`{"name":%q,"connection":%d}`, r.name, made.ID))
		if err := c.forge.Create(t.Context(), full, localforge.Hook{URL: made.Hook, Secret: made.Secret}); err != nil {
			t.Fatal(err)
		}
		from := r.work
		r.work = filepath.Join(t.TempDir(), r.name)
		if err := copyTree(filepath.Join("services", from), r.work); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"remote", "add", "origin", strings.Replace(url, "http://", "http://git:forge@", 1)}} {
			if out, err := r.git(t, args...); err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
		}
		c.repositories = append(c.repositories, r)
	}
}

func (r *changing) git(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return runGit(t, r.work, args...)
}

// push changes a repository and pushes. What a forge that refuses does not
// take goes with the next push.
func (c *chaos) push(t *testing.T) {
	t.Helper()
	c.pushTo(t, c.repositories[c.random.IntN(len(c.repositories))])
}

func (c *chaos) pushTo(t *testing.T, r *changing) {
	t.Helper()
	c.changes++
	f, err := os.OpenFile(filepath.Join(r.work, r.file), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, r.line, c.changes)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-q", "-m", fmt.Sprint("change ", c.changes)}} {
		if out, err := r.git(t, args...); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if _, err := r.git(t, "push", "-q", "origin", "main"); err != nil {
		return
	}
	head, err := r.git(t, "rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	r.heads = append(r.heads, head)
	c.counts["pushes"]++
}

// start starts a part and waits until it is up.
func (c *chaos) start(t *testing.T, p *part) {
	t.Helper()
	p.process = p.start(t, p.args...)
	p.process.until(t, p.about+" is up", time.Minute, func() bool { return strings.Contains(p.process.stdout.String(), p.ready) })
}

// kill kills a part as a power cut would, and starts it again a little later.
// A worker may come up before the server is there.
func (c *chaos) kill(t *testing.T, p *part) {
	t.Helper()
	c.counts[p.about]++
	c.end(t, p)
	c.wait(c.random.IntN(600))
	c.start(t, p)
}

// end kills a part, which must not have ended by itself.
func (c *chaos) end(t *testing.T, p *part) {
	t.Helper()
	if p.process.ended() {
		t.Fatalf("the %s in %s ended by itself: %v\n%s", p.about, p.data, p.process.err, c.words())
	}
	if err := p.process.cmd.Process.Kill(); err != nil {
		t.Fatalf("the %s in %s: %v\n%s", p.about, p.data, err, c.words())
	}
	<-p.process.done
}

func (c *chaos) killEngine(t *testing.T, p *part) int {
	t.Helper()
	pid := p.daemon(t)
	if pid == 0 {
		return 0 // it is being started
	}
	c.counts["engine"]++
	_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended just now
	return 1
}

// loseQueue takes the queue's directory away while the server is down: what
// lay in it must come from the record.
func (c *chaos) loseQueue(t *testing.T) {
	t.Helper()
	c.counts["queue lost"]++
	c.end(t, c.server)
	if err := os.RemoveAll(filepath.Join(c.server.data, "queue")); err != nil {
		t.Fatal(err)
	}
	c.start(t, c.server)
}

// refuse has the forge answer 503 for a while: pushes, fetches and statuses
// fail.
func (c *chaos) refuse(t *testing.T) {
	t.Helper()
	c.counts["forge refused"]++
	c.forge.Refuse(true)
	c.wait(500 + c.random.IntN(3000))
	c.forge.Refuse(false)
}

// shut has the registry refuse for a while, by closing connections or with
// 503: images are neither read nor written.
func (c *chaos) shut(t *testing.T) {
	t.Helper()
	c.counts["registry refused"]++
	c.gate.shut(1 + c.random.IntN(2))
	c.wait(500 + c.random.IntN(3000))
	c.gate.shut(0)
}

// fill has a worker's disk full for a while. Now and then the worker is killed
// in that time.
func (c *chaos) fill(t *testing.T, p *part) int {
	t.Helper()
	c.counts["disk full"]++
	p.disk.leave(t, 0)
	c.wait(500 + c.random.IntN(4000))
	killed := c.random.IntN(3) == 0
	if killed {
		c.counts[p.about]++
		c.end(t, p)
	}
	p.disk.leave(t, roomy)
	if !killed {
		return 0
	}
	c.start(t, p)
	return 1
}

// hang stops the server for a while without ending it: registry, queue and
// API answer nobody.
func (c *chaos) hang(t *testing.T) {
	t.Helper()
	c.counts["hangs"]++
	p := c.server.process.cmd.Process
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.wait(1000 + c.random.IntN(4000))
	if err := p.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// wait lets things happen for some milliseconds: which, is what the test is
// about, so there is nothing to wait for.
func (c *chaos) wait(ms int) {
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	<-timer.C
}

// calm ends everything bad.
func (c *chaos) calm(t *testing.T) {
	t.Helper()
	c.forge.Refuse(false)
	c.gate.shut(0)
}

// settles waits until nothing is under way any more.
func (c *chaos) settles(t *testing.T) {
	t.Helper()
	begun := time.Now()
	left := ""
	if !eventually(settle, func() bool { left = c.underWay(t); return left == "" }) {
		t.Fatalf("after %s there is still %s\n%s\n%s\n%s", settle, left, c.standing(t), c.events(t), c.words())
	}
	t.Logf("everything had ended %s after the last kill", time.Since(begun).Round(time.Second))
}

// underWay says what has not ended; "" is nothing. What has no build yet is
// asked for first: a hook that comes late is then still counted.
func (c *chaos) underWay(t *testing.T) string {
	t.Helper()
	var left []string
	for _, r := range c.repositories {
		for _, head := range r.heads {
			if len(c.builds(t, "?commit="+head)) == 0 {
				left = append(left, fmt.Sprintf("no build of the head %.8s of %s\n", head, r.name))
			}
		}
	}
	metrics, err := c.ask(t, http.MethodGet, "/metrics", "")
	if err != nil {
		return err.Error()
	}
	for line := range strings.Lines(metrics) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if (strings.HasPrefix(name, "slipway_builds{") || strings.HasPrefix(name, "slipway_outbox_messages") || name == "slipway_events_pending") && value != "0" {
			left = append(left, line)
		}
	}
	return strings.Join(left, "")
}

// events lists what became of every push.
func (c *chaos) events(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for n := range c.repositories {
		answer := c.must(t, http.MethodGet, fmt.Sprintf("/api/v1/connections/%d/events?limit=200", n+1), "")
		for _, e := range decode[rest.List[slipway.EventRecord]](t, answer).Items {
			fmt.Fprintf(&b, "event %d of connection %d: %s %s %q, offered %s to %s, %.8s..%.8s\n", e.ID, e.Connection, e.State, e.Received.Format(time.TimeOnly), e.Note, e.Offered.Format(time.TimeOnly), e.OfferedTo, e.Event.Before, e.Event.After)
		}
	}
	return b.String()
}

// parts are the processes there are, in the order in which they end.
func (c *chaos) parts() []*part {
	parts := append(slices.Clone(c.workers), c.server)
	if c.images != nil {
		parts = append(parts, c.images)
	}
	return parts
}

// standing is what the API says of workers and of what waits.
func (c *chaos) standing(t *testing.T) string {
	t.Helper()
	return c.must(t, http.MethodGet, "/api/v1/workers", "") + "\n" + c.must(t, http.MethodGet, "/api/v1/queue", "")
}

// words are the last lines that each part wrote.
func (c *chaos) words() string {
	var b strings.Builder
	for _, p := range c.parts() {
		lines := strings.Split(p.process.stderr.String(), "\n")
		fmt.Fprintf(&b, "%s %s:\n%s\n", p.about, p.data, strings.Join(lines[max(0, len(lines)-15):], "\n"))
		if engine, err := os.ReadFile(filepath.Join(p.data, "logs", "buildkitd.log")); err == nil {
			fmt.Fprintf(&b, "its engine:\n%s\n", engine[max(0, len(engine)-4000):])
		}
	}
	return b.String()
}

// ends stops everything politely; nothing of it is left.
func (c *chaos) ends(t *testing.T) {
	t.Helper()
	for _, p := range c.parts() {
		if err := p.process.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if o := p.process.wait(t); o.code != 0 {
			t.Errorf("%s ended with exit code %d:\n%s", p.about, o.code, o.stderr)
		}
		nothingLeft(t, p.world)
	}
}

// ask asks the API once.
func (c *chaos) ask(t *testing.T, method, path, body string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	// The token of this machine is another one after each start.
	token := c.token
	if now, err := os.ReadFile(filepath.Join(c.server.data, "run", "endpoint.json")); err == nil {
		var e struct{ Token string }
		if json.Unmarshal(now, &e) == nil && e.Token != "" {
			token = e.Token
		}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	return string(answer), err
}

func (c *chaos) must(t *testing.T, method, path, body string) string {
	t.Helper()
	answer, err := c.ask(t, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// builds gives those that a query finds, all pages of them.
func (c *chaos) builds(t *testing.T, query string) (all []slipway.Build) {
	t.Helper()
	for cursor := ""; ; {
		page := decode[rest.List[slipway.Build]](t, c.must(t, http.MethodGet, "/api/v1/builds"+query+"&limit=200"+cursor, ""))
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		cursor = "&cursor=" + page.Next
	}
}

// manifest gives the digest that the registry has for a tag, "" for none.
func (c *chaos) manifest(t *testing.T, repository, tag string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, c.registry+"/v2/"+repository+"/manifests/"+tag, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("slipway", registryPassword)
	req.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.Header.Get("Docker-Content-Digest")
}

// logIDs gives the ids of a log's events as a reader gets them.
func (c *chaos) logIDs(t *testing.T, build int64) (ids []string) {
	t.Helper()
	stream := c.must(t, http.MethodGet, fmt.Sprintf("/api/v1/builds/%d/log/stream", build), "")
	scanner := bufio.NewScanner(strings.NewReader(stream))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if id, ok := strings.CutPrefix(scanner.Text(), "id:"); ok {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}

// runGit runs git with an identity of its own.
func runGit(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
