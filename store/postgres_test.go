package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/store"
)

// cluster is the one PostgreSQL server of the test run: Debian's, as a child
// of this process, on a socket in a directory of its own.
var cluster struct {
	once sync.Once
	dir  string
	err  error
	stop func()
	n    int
	mu   sync.Mutex
}

func TestMain(m *testing.M) {
	code := m.Run()
	if cluster.stop != nil {
		cluster.stop()
	}
	os.Exit(code)
}

// newDatabase gives the address of an empty database.
func newDatabase(t *testing.T) string {
	t.Helper()
	cluster.once.Do(func() { cluster.dir, cluster.stop, cluster.err = startCluster() })
	if cluster.err != nil {
		if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
			t.Fatalf("required: PostgreSQL: %v", cluster.err)
		}
		t.Skipf("SKIPPED: PostgreSQL: %v", cluster.err)
	}
	cluster.mu.Lock()
	defer cluster.mu.Unlock()
	cluster.n++
	name := fmt.Sprintf("record%d", cluster.n)
	address := func(database string) string {
		return "postgres:///" + database + "?user=slipway&host=" + cluster.dir
	}
	db, err := sql.Open("pgx", address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return address(name)
}

// startCluster makes a server that needs no password on its socket and listens
// on no port. The server refuses to run as root, so root runs it as nobody.
func startCluster() (dir string, stop func(), err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return "", nil, fmt.Errorf("the Debian package postgresql is not installed")
	}
	bin := slices.Max(found)
	if dir, err = os.MkdirTemp("", "slipway-pg-"); err != nil {
		return "", nil, err
	}
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return dir, nil, err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return dir, nil, err
		}
	}
	data := filepath.Join(dir, "data")
	init := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", data, "-U", "slipway", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	init.SysProcAttr, init.Dir = attr, dir
	if out, err := init.CombinedOutput(); err != nil {
		return dir, nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	var log bytes.Buffer
	server := exec.CommandContext(context.Background(), filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400")
	server.SysProcAttr, server.Dir, server.Stderr = attr, dir, &log
	if err := server.Start(); err != nil {
		return dir, nil, err
	}
	stop = func() {
		_ = server.Process.Signal(syscall.SIGINT) // fast shutdown
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}
	return dir, stop, ready(dir, &log)
}

func ready(dir string, log *bytes.Buffer) error {
	db, err := sql.Open("pgx", "postgres:///postgres?user=slipway&host="+dir)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres: %w\n%s", err, log)
		case <-tick.C:
		}
	}
}

// Several control planes start at once, on a record that is not there yet. (A
// SQLite record has one process: the data directory is locked.)
func TestOpen_together(t *testing.T) {
	t.Parallel()
	address := newDatabase(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := store.Open(context.WithoutCancel(t.Context()), address, store.Options{Key: key})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(s.AddTeam(context.WithoutCancel(t.Context()), "shop"), s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
