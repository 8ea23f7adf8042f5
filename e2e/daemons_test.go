//go:build e2e

package e2e_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway/e2e/hudson"
	"github.com/slipway-ci/slipway/queue"
)

// natsConfig is the variable that makes this program a NATS server: the file
// of its configuration.
const natsConfig = "SLIPWAY_E2E_NATS"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == insideHudson {
		os.Exit(hudson.Init())
	}
	if file := os.Getenv(natsConfig); file != "" {
		if err := serveNATS(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serveNATS(file string) error {
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		return err
	}
	s, err := server.NewServer(o)
	if err != nil {
		return err
	}
	s.ConfigureLogger()
	s.Start()
	s.WaitForShutdown()
	return nil
}

// daemon is a program on a machine that is not Slipway's.
type daemon struct {
	machine
	cmd    *exec.Cmd
	output *output
	done   chan struct{}
}

func (m machine) start(t *testing.T, env []string, command ...string) *daemon {
	t.Helper()
	words := m.enter(command...)
	d := &daemon{machine: m, cmd: exec.CommandContext(context.WithoutCancel(t.Context()), words[0], words[1:]...), output: &output{}, done: make(chan struct{})}
	d.cmd.Env, d.cmd.Dir = append(os.Environ(), env...), "/"
	d.cmd.Stdout, d.cmd.Stderr = d.output, d.output
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = d.cmd.Wait() // however it ended
		close(d.done)
	}()
	t.Cleanup(d.kill)
	return d
}

// kill is a power cut.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.done
}

// natsCluster is three servers that keep every job twice more.
type natsCluster struct {
	servers map[string]*daemon // by name
	urls    []string
}

// What users of the cluster are known by.
const (
	controlPassword = "c0ntrol"
	ownPassword     = "of-w1-alone"
	workersPassword = "of-all-workers"
)

func newNATSCluster(t *testing.T, n *network) *natsCluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &natsCluster{servers: map[string]*daemon{}}
	machines := map[string]machine{}
	var routes []string
	for _, name := range []string{"n1", "n2", "n3"} {
		machines[name] = n.machine(t)
		routes = append(routes, "nats://"+machines[name].address+":6222")
	}
	for _, name := range []string{"n1", "n2", "n3"} {
		m := machines[name]
		file := filepath.Join(t.TempDir(), "nats.conf")
		write(t, file, fmt.Sprintf(`
server_name: %s
listen: "%s:4222"
jetstream { store_dir: %q, sync_interval: always }
cluster { name: slipway, listen: "%s:6222", routes: [%s] }
authorization { users: [
%s
] }
`, name, m.address, filepath.Join(filepath.Dir(file), "jetstream"), m.address, strings.Join(routes, ", "), natsUsers()))
		c.servers[name] = m.start(t, []string{natsConfig + "=" + file}, self)
		c.urls = append(c.urls, "nats://"+m.address+":4222")
	}
	return c
}

// natsUsers are as docs/scale.md has them: the control planes', one worker's
// own, and one that the other workers share.
func natsUsers() string {
	publish, subscribe := queue.Permissions("w1")
	quoted := func(subjects []string) string { return `"` + strings.Join(subjects, `", "`) + `"` }
	shared := []string{"sw.w.*.*", "$JS.API.CONSUMER.INFO.JOBS_v1.*", "$JS.API.CONSUMER.MSG.NEXT.JOBS_v1.*", "$JS.ACK.JOBS_v1.>"}
	hidden := []string{"sw.w.>", "sw.job.>", "sw.wake.>", "sw.probe", "$JS.>", "$SYS.>", "_INBOX.>"}
	return fmt.Sprintf(`  { user: control, password: %q }
  { user: w1, password: %q, permissions: { publish: [%s], subscribe: [%s] } }
  { user: workers, password: %q, permissions: { publish: [%s], subscribe: { allow: ">", deny: [%s] } } }`,
		controlPassword, ownPassword, quoted(publish), quoted(subscribe), workersPassword, quoted(shared), quoted(hidden))
}

// leader is the server that leads the stream of jobs.
func (c *natsCluster) leader(t *testing.T) *daemon {
	t.Helper()
	nc, err := nats.Connect(strings.Join(c.urls, ","), nats.UserInfo("control", controlPassword))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "JOBS_v1")
	if err != nil {
		t.Fatal(err)
	}
	info := stream.CachedInfo()
	if info.Config.Replicas != queue.ClusterReplicas || info.Cluster == nil || c.servers[info.Cluster.Leader] == nil {
		t.Fatalf("the stream of jobs has %d replicas in %+v, want %d and a leader", info.Config.Replicas, info.Cluster, queue.ClusterReplicas)
	}
	return c.servers[info.Cluster.Leader]
}

// postgres is Debian's server on a machine.
type postgres struct {
	*daemon
	url string
	db  *sql.DB
}

func newPostgres(t *testing.T, n *network) *postgres {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		missing(t, "the Debian package postgresql is not installed")
	}
	bin, dir := slices.Max(found), newDataDir(t)
	who := asNobody(t, dir)
	data := filepath.Join(dir, "data")
	m := n.machine(t)
	initdb := append(slices.Clip(who), filepath.Join(bin, "initdb"), "-D", data, "-U", "slipway", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd := exec.CommandContext(t.Context(), initdb[0], initdb[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	hba, err := os.OpenFile(filepath.Join(data, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(hba, "host all all %s0/24 trust\n", n.prefix)
	if err := hba.Close(); err != nil {
		t.Fatal(err)
	}
	p := &postgres{url: "postgres://slipway@" + m.address + "/postgres?sslmode=disable"}
	p.daemon = m.start(t, nil, append(slices.Clip(who), filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses="+m.address, "-c", "fsync=off")...)
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(os.Interrupt) // fast shutdown, so that nothing writes when its directory goes
		<-p.done
	})
	if p.db, err = sql.Open("pgx", p.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	if !eventually(time.Minute, func() bool { return p.db.PingContext(t.Context()) == nil }) {
		t.Fatalf("PostgreSQL does not come up:\n%s", p.output)
	}
	return p
}

// asNobody gives a directory to nobody, and the words before a command that
// has it run as nobody: PostgreSQL refuses to be root.
func asNobody(t *testing.T, dir string) []string {
	t.Helper()
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return []string{"setpriv", "--reuid=" + nobody.Uid, "--regid=" + nobody.Gid, "--clear-groups"}
}

// leader is the address of the control plane that dispatches: it has the
// advisory lock. "" when none does.
func (p *postgres) leader(t *testing.T) (address string) {
	t.Helper()
	err := p.db.QueryRowContext(t.Context(), `SELECT host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1`).Scan(&address)
	if err != nil {
		return ""
	}
	return address
}
