package doctor_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/slipway-ci/slipway/doctor"
)

const gib = 1 << 30

var errNotThere = errors.New("not there")

// now is the time on the machines that tests make up.
func now() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// host is a machine that tests take things from.
type host struct {
	doctor.Machine
	files    fstest.MapFS
	programs map[string]string // output of PROGRAM --version; absent: not installed
	taken    map[string]bool   // addresses in use
}

// healthy is a Debian 12 with cgroup v2, where root builds.
func healthy(t *testing.T) *host {
	t.Helper()
	h := &host{
		files: fstest.MapFS{
			"proc/sys/kernel/osrelease":         text("6.1.0-28-amd64\n"),
			"proc/filesystems":                  text("nodev\tsysfs\nnodev\toverlay\n\text4\n"),
			"proc/self/status":                  text("Name:\tslipway\nCapEff:\t000001ffffffffff\n"),
			"proc/self/cgroup":                  text("0::/user.slice/user-1000.slice/session-3.scope\n"),
			"sys/fs/cgroup/cgroup.controllers":  text("cpuset cpu io memory hugetlb pids rdma misc\n"),
			"proc/sys/user/max_user_namespaces": text("96365\n"),
			"var/lib/dpkg/status":               {ModTime: now().Add(-48 * time.Hour)},
			"var/lib/slipway/lock":              {},
			"etc/subuid":                        text("ann:100000:65536\n"),
			"etc/subgid":                        text("# comment\n\nann:100000:65536\n"),
			"usr/lib/slipway/buildkitd":         {ModTime: now().Add(-time.Hour)},
			"mnt/my share/x":                    {},
			"srv/x":                             {},
			"tmp/x":                             {},
			"mnt/x":                             {},
			"proc/sys/user/max_pid_namespaces":  text("96365\n"),
		},
		programs: map[string]string{
			"runc":                       "runc version 1.3.3\ncommit: v1.3.3-0-gd842d771\nspec: 1.2.1\n",
			"git":                        "git version 2.39.5\n",
			"mmdebstrap":                 "mmdebstrap 1.3.5\n",
			"/usr/lib/slipway/buildkitd": "buildkitd github.com/moby/buildkit v0.34.2 \n",
			"newuidmap":                  "", "newgidmap": "", "rootlesskit": "",
		},
		taken: map[string]bool{},
	}
	for _, kind := range []string{"pid", "net", "mnt", "user", "ipc", "uts"} {
		h.files["proc/self/ns/"+kind] = &fstest.MapFile{}
	}
	h.mounts(t, "debian12-v2")
	h.Machine = doctor.Machine{
		Files: h.files, Look: h.look, Output: h.output, Listen: h.listen,
		Resolve: func(dir string) (string, error) { return dir, nil },
		Disk: func(string) (doctor.Disk, error) {
			return doctor.Disk{Free: 100 * gib, Inodes: 5_000_000, Total: 6_000_000}, nil
		},
		OpenFiles: 1 << 20, User: "ann", Now: now(),
	}
	return h
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// mounts gives the host the mounts of testdata/NAME.mountinfo.
func (h *host) mounts(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".mountinfo"))
	if err != nil {
		t.Fatal(err)
	}
	h.files["proc/self/mountinfo"] = &fstest.MapFile{Data: b}
}

func (h *host) look(program string) (string, error) {
	if _, ok := h.programs[program]; !ok {
		return "", errNotThere
	}
	return program, nil
}

func (h *host) output(_ context.Context, path string, _ ...string) (string, error) {
	out, ok := h.programs[path]
	if !ok {
		return "", &fs.PathError{Op: "exec", Path: path, Err: fs.ErrNotExist}
	}
	return out, nil
}

func (h *host) listen(address string) error {
	if h.taken[address] {
		return errNotThere
	}
	return nil
}

// asRoot and rootless are what the tests ask the machines for.
func asRoot() doctor.Options {
	return doctor.Options{DataDir: "/var/lib/slipway", Buildkitd: "/usr/lib/slipway/buildkitd", Buildkit: "v0.34.2", Listen: []string{"127.0.0.1:8080"}}
}

func rootless() doctor.Options {
	o := asRoot()
	o.Rootless = true
	return o
}

// find looks at the machine and gives the finding of one check.
func find(t *testing.T, m doctor.Machine, o doctor.Options, check string) doctor.Finding {
	t.Helper()
	for _, f := range doctor.Run(t.Context(), m.Checks(o), nil) {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("there is no check %q for %+v", check, o)
	return doctor.Finding{}
}

// complaints gives "CHECK: FOUND" of everything that is not ok.
func complaints(findings []doctor.Finding) []string {
	var bad []string
	for _, f := range findings {
		if f.Status != doctor.StatusOK {
			bad = append(bad, f.Check+": "+f.Found)
		}
	}
	return bad
}

func contains(s, part string) bool { return strings.Contains(s, part) }
