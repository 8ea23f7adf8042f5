//go:build e2e

package e2e_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// badDay is one engine on which everything goes wrong, one thing after
// another, and which has to go on each time.
type badDay struct {
	*shared
	slow      string // a service that compiles for a while
	silent    *silentFetch
	residents []int // the processes that are there between builds
	mounts    int   // what the daemon has mounted between builds
}

// TestBadDays runs what must fail beside one `slipway up`. After each part no
// step runs, the service that failed has no image, and another build works.
func TestBadDays(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	d := &badDay{shared: up(t), slow: slowService(t), silent: startSilentFetch(t)}
	for _, name := range []string{"hello", "stdlib"} {
		d.samples[name] = sample(t, name, filepath.Join(t.TempDir(), name))
	}
	d.build(t, d.samples["hello"], "--service", "demo/hello") // the daemon keeps a network for steps that download
	d.works(t)
	d.residents, d.mounts = d.inside(t), d.mounted(t)
	t.Run("a compile error", d.compileError)
	t.Run("a dependency that does not exist", d.noDependency)
	t.Run("a mirror that never answers", d.silentMirror)
	t.Run("a mirror with too much to do", d.busyMirror)
	t.Run("memory", d.memory)
	t.Run("wall time", d.wallTime)
	t.Run("output", d.endlessOutput)
	t.Run("a registry that refuses", d.refusedPush)
	t.Run("a git host that refuses", d.refusingHost)
	t.Run("names of files", d.oddNames)
	t.Run("two builds of one service", d.sameService)
	t.Run("100,000 files", d.manyFiles)
	t.Run("a git host that never answers", d.silentHost)
}

// goesOn is the end of each part.
func (d *badDay) goesOn(t *testing.T) {
	t.Helper()
	d.settled(t)
	d.works(t)
}

// works builds a program that was never built before.
func (d *badDay) works(t *testing.T) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "next")
	write(t, filepath.Join(dir, "go.mod"), "module example.com/next\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\""+rand.Text()+"\") }\n")
	if r := d.build(t, dir, "--service", "shop/next"); r.Known || r.Image.Digest == "" {
		t.Errorf("the next build gives %+v", r.Image)
	}
}

// settled waits until the daemon has no step and no step's mounts left. Two
// seconds are the bar; it fails only far above it, since machines differ.
func (d *badDay) settled(t *testing.T) {
	t.Helper()
	begun := time.Now()
	if !eventually(10*time.Second, func() bool { return len(d.steps(t)) == 0 && d.mounted(t) <= d.mounts }) {
		t.Errorf("after ten seconds these still run: %s; %d mounts, at first %d", strings.Join(d.steps(t), ", "), d.mounted(t), d.mounts)
		return
	}
	t.Logf("no step was left after %s", time.Since(begun).Round(time.Millisecond))
}

// inside gives the processes that see the data directory: up, the daemon, and
// the steps.
func (d *badDay) inside(t *testing.T) (pids []int) {
	t.Helper()
	for _, pid := range processes(t) {
		mounts, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "mountinfo"))
		command, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if strings.Contains(string(mounts)+string(command), d.data) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// steps gives the processes that no build has any more.
func (d *badDay) steps(t *testing.T) (names []string) {
	t.Helper()
	for _, pid := range d.inside(t) {
		if !slices.Contains(d.residents, pid) {
			command, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
			names = append(names, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return names
}

// mounted counts the daemon's mounts.
func (d *badDay) mounted(t *testing.T) int {
	t.Helper()
	mounts, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(d.daemon(t)), "mountinfo"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(mounts), "\n")
}

// noImage fails when a service has an image, whole or not, under any name.
func (d *badDay) noImage(t *testing.T, service string) {
	t.Helper()
	noTags(t, d.Registry, service)
}

func noTags(t *testing.T, host, repository string) {
	t.Helper()
	repo, err := name.NewRepository(host+"/"+repository, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := remote.List(repo, remote.WithContext(t.Context()))
	if e, ok := errors.AsType[*transport.Error](err); ok && e.StatusCode == http.StatusNotFound {
		return
	}
	if err != nil || len(tags) > 0 {
		t.Errorf("%s has the tags %q, %v", repository, tags, err)
	}
}
