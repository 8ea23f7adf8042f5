package doctor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slipway-ci/slipway/doctor"
)

func TestMachine_Checks_healthy(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]doctor.Options{
		"root": asRoot(), "rootless": rootless(), "remote daemon": {DataDir: "/var/lib/slipway/new/deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := healthy(t)
			if o.Rootless {
				h.UID = 1000
				h.files["sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope/cgroup.controllers"] = text("cpu memory pids\n")
			}
			findings := doctor.Run(t.Context(), h.Checks(o), nil)
			if bad := complaints(findings); len(bad) > 0 {
				t.Errorf("complaints about a healthy machine:\n%s", strings.Join(bad, "\n"))
			}
			for _, f := range findings {
				if f.Found == "" || f.Mend != "" {
					t.Errorf("%s: found %q, mend %q; want a sentence and nothing to mend", f.Check, f.Found, f.Mend)
				}
			}
		})
	}
}

// Each row breaks one thing and says which check notices, how badly, and what
// its sentence and its mend must name.
func TestMachine_Checks_broken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options     doctor.Options
		broken      func(t *testing.T, h *host)
		check       string
		want        doctor.Status
		found, mend string
	}{
		"no runc":             {asRoot(), func(_ *testing.T, h *host) { delete(h.programs, "runc") }, "runc", doctor.StatusFail, "runc", "apt-get install runc"},
		"Debian 12's runc":    {asRoot(), func(_ *testing.T, h *host) { h.programs["runc"] = "runc version 1.1.5+ds1\n" }, "runc", doctor.StatusWarn, "1.1.5+ds1", "apt"},
		"upstream's old runc": {asRoot(), func(_ *testing.T, h *host) { h.programs["runc"] = "runc version 1.1.11\n" }, "runc", doctor.StatusFail, "CVE-2024-21626", "1.2.8"},
		"runc 1.3.2":          {asRoot(), func(_ *testing.T, h *host) { h.programs["runc"] = "runc version 1.3.2\n" }, "runc", doctor.StatusWarn, "CVE-2025-31133", "apt"},
		"runc says nothing":   {asRoot(), func(_ *testing.T, h *host) { h.programs["runc"] = "" }, "runc", doctor.StatusFail, "says nothing", "reinstall"},
		"another buildkitd": {asRoot(), func(_ *testing.T, h *host) {
			h.programs["/usr/lib/slipway/buildkitd"] = "buildkitd github.com/moby/buildkit v0.12.0 x\n"
		}, "buildkitd", doctor.StatusFail, "v0.12.0", "make build"},
		"no buildkitd":             {asRoot(), func(_ *testing.T, h *host) { delete(h.programs, "/usr/lib/slipway/buildkitd") }, "buildkitd", doctor.StatusFail, "exist", "make build"},
		"no git":                   {asRoot(), func(_ *testing.T, h *host) { delete(h.programs, "git") }, "git", doctor.StatusWarn, "history", "install git"},
		"no mmdebstrap":            {asRoot(), func(_ *testing.T, h *host) { delete(h.programs, "mmdebstrap") }, "mmdebstrap", doctor.StatusWarn, "stack build", "install mmdebstrap"},
		"hybrid is fine":           {asRoot(), func(t *testing.T, h *host) { t.Helper(); h.mounts(t, "hybrid") }, "cgroups", doctor.StatusOK, "hybrid", ""},
		"hybrid rootless":          {rootless(), func(t *testing.T, h *host) { t.Helper(); h.mounts(t, "hybrid") }, "cgroups", doctor.StatusWarn, "without root", "unified_cgroup_hierarchy"},
		"v1 without memory":        {asRoot(), func(t *testing.T, h *host) { t.Helper(); h.mounts(t, "v1-without-memory") }, "cgroups", doctor.StatusWarn, "cgroup v1: the limits of steps on memory do", "cgroup_enable=memory"},
		"nothing delegated":        {rootless(), func(*testing.T, *host) {}, "cgroups", doctor.StatusWarn, "memory, cpu, pids", "Delegate"},
		"no cgroups":               {asRoot(), func(t *testing.T, h *host) { t.Helper(); h.mounts(t, "container") }, "cgroups", doctor.StatusFail, "no control groups", "mount -t cgroup2"},
		"overlay on overlay":       {asRoot(), func(t *testing.T, h *host) { t.Helper(); h.mounts(t, "container") }, "data directory", doctor.StatusFail, "overlay", "--data"},
		"no mountinfo":             {asRoot(), func(_ *testing.T, h *host) { delete(h.files, "proc/self/mountinfo") }, "data directory", doctor.StatusWarn, "not known", "mount /proc"},
		"broken mountinfo":         {asRoot(), func(_ *testing.T, h *host) { h.files["proc/self/mountinfo"] = text("1 x\n") }, "cgroups", doctor.StatusFail, "mountinfo", "mount /proc"},
		"root in a container":      {asRoot(), func(_ *testing.T, h *host) { h.files["proc/self/status"] = text("CapEff:\t00000000a80425fb\n") }, "privileges", doctor.StatusFail, "CAP_SYS_ADMIN", "--privileged"},
		"not root":                 {asRoot(), func(_ *testing.T, h *host) { h.UID = 1000 }, "privileges", doctor.StatusFail, "user 1000", "rootless"},
		"old kernel rootless":      {rootless(), func(_ *testing.T, h *host) { h.files["proc/sys/kernel/osrelease"] = text("5.10.0-30-amd64\n") }, "kernel", doctor.StatusFail, "5.10.0-30-amd64", "5.11"},
		"old kernel":               {asRoot(), func(_ *testing.T, h *host) { h.files["proc/sys/kernel/osrelease"] = text("4.19.0\n") }, "kernel", doctor.StatusWarn, "4.19.0", "5.4"},
		"no Linux":                 {asRoot(), func(_ *testing.T, h *host) { delete(h.files, "proc/sys/kernel/osrelease") }, "kernel", doctor.StatusFail, "no Linux", "--buildkit"},
		"no overlay":               {asRoot(), func(_ *testing.T, h *host) { h.files["proc/filesystems"] = text("\text4\n") }, "overlay", doctor.StatusFail, "overlay", "modprobe"},
		"overlay as a module":      {asRoot(), overlayModule, "overlay", doctor.StatusOK, "module", ""},
		"overlay module, rootless": {rootless(), overlayModule, "overlay", doctor.StatusFail, "overlay", "ask root"},
		"no user namespaces":       {asRoot(), func(_ *testing.T, h *host) { h.files["proc/sys/user/max_user_namespaces"] = text("0\n") }, "namespaces", doctor.StatusFail, "user", "max_user_namespaces"},
		"no pid namespaces":        {asRoot(), func(_ *testing.T, h *host) { delete(h.files, "proc/self/ns/pid") }, "namespaces", doctor.StatusFail, "pid", "--buildkit"},
		"Debian's old switch":      {rootless(), func(_ *testing.T, h *host) { h.files["proc/sys/kernel/unprivileged_userns_clone"] = text("0\n") }, "user namespaces", doctor.StatusFail, "only root", "unprivileged_userns_clone=1"},
		"Ubuntu's AppArmor":        {rootless(), func(_ *testing.T, h *host) { restrict(h) }, "user namespaces", doctor.StatusFail, "AppArmor", "apparmor_restrict_unprivileged_userns=0"},
		"AppArmor with a profile":  {rootless(), func(_ *testing.T, h *host) { restrict(h); h.files["etc/apparmor.d/rootlesskit"] = text("x") }, "user namespaces", doctor.StatusOK, "may make", ""},
		"no subordinate ids":       {rootless(), func(_ *testing.T, h *host) { h.files["etc/subgid"] = text("bob:100000:65536\n") }, "user ids", doctor.StatusFail, "/etc/subgid", "usermod"},
		"too few ids":              {rootless(), func(_ *testing.T, h *host) { h.files["etc/subuid"] = text("ann:1:1000\n") }, "user ids", doctor.StatusFail, "1000", "usermod"},
		"no rootlesskit":           {rootless(), func(_ *testing.T, h *host) { delete(h.programs, "rootlesskit") }, "rootless programs", doctor.StatusFail, "rootlesskit", "apt-get"},
		"few open files":           {asRoot(), func(_ *testing.T, h *host) { h.OpenFiles = 1024 }, "open files", doctor.StatusWarn, "1024", "ulimit"},
		"port taken":               {asRoot(), func(_ *testing.T, h *host) { h.taken["127.0.0.1:8080"] = true }, "ports", doctor.StatusFail, "127.0.0.1:8080", "ss -ltnp"},
		"no loopback":              {asRoot(), func(_ *testing.T, h *host) { h.taken["127.0.0.1:0"] = true }, "ports", doctor.StatusFail, "loopback", "ip link"},
		"clock behind":             {asRoot(), func(_ *testing.T, h *host) { h.Now = now().Add(-300 * time.Hour) }, "clock", doctor.StatusFail, "buildkitd was written 299h0m0s later", "timedatectl"},
		"disk full":                {asRoot(), func(_ *testing.T, h *host) { h.disk(doctor.Disk{Free: gib}) }, "disk space", doctor.StatusFail, "1.0 GiB free is", "--data"},
		"disk small":               {asRoot(), func(_ *testing.T, h *host) { h.disk(doctor.Disk{Free: 5 * gib}) }, "disk space", doctor.StatusWarn, "5.0 GiB", "--data"},
		"no inodes":                {asRoot(), func(_ *testing.T, h *host) { h.disk(doctor.Disk{Free: 50 * gib, Inodes: 99, Total: 1000}) }, "disk space", doctor.StatusFail, "99 files", "--data"},
		"disk not readable": {asRoot(), func(_ *testing.T, h *host) {
			h.Disk = func(string) (doctor.Disk, error) { return doctor.Disk{}, errNotThere }
		}, "disk space", doctor.StatusFail, "not there", "--data"},
		"noexec":        {in("/srv/slipway"), func(*testing.T, *host) {}, "data directory", doctor.StatusFail, "noexec", "remount,exec /srv"},
		"read-only":     {in("/mnt/slipway"), func(*testing.T, *host) {}, "data directory", doctor.StatusFail, "read-only", "--data"},
		"network share": {in("/mnt/my share/slipway"), func(*testing.T, *host) {}, "data directory", doctor.StatusFail, "nfs4", "--data"},
		"in memory":     {in("/tmp/slipway"), func(*testing.T, *host) {}, "data directory", doctor.StatusWarn, "memory", "--data"},
		"relative":      {in("slipway"), func(*testing.T, *host) {}, "data directory", doctor.StatusFail, "absolute", "absolute"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := healthy(t)
			tt.broken(t, h)
			f := find(t, h.Machine, tt.options, tt.check)
			if f.Status != tt.want || !contains(f.Found, tt.found) || !contains(f.Mend, tt.mend) {
				t.Errorf("got %s: %q, mend %q; want %s: …%s…, mend …%s…", f.Status, f.Found, f.Mend, tt.want, tt.found, tt.mend)
			}
			if (f.Status == doctor.StatusOK) != (f.Mend == "") {
				t.Errorf("status %s with mend %q", f.Status, f.Mend)
			}
		})
	}
}

func in(dir string) doctor.Options { return doctor.Options{DataDir: dir} }

func (h *host) disk(d doctor.Disk) {
	h.Disk = func(string) (doctor.Disk, error) { return d, nil }
}

func restrict(h *host) {
	h.files["proc/sys/kernel/apparmor_restrict_unprivileged_userns"] = text("1\n")
}

func overlayModule(_ *testing.T, h *host) {
	h.files["proc/filesystems"] = text("\text4\n")
	h.files["lib/modules/6.1.0-28-amd64/modules.dep"] = text("kernel/fs/overlayfs/overlay.ko:\n")
}

// This machine's answers are not known, but each must be complete.
func TestHost_here(t *testing.T) {
	t.Parallel()
	o := asRoot()
	o.DataDir = t.TempDir()
	o.Listen = nil
	findings := doctor.Host(t.Context(), "", o)
	if len(findings) < 10 {
		t.Fatalf("%d findings, want one per check", len(findings))
	}
	for _, f := range findings {
		if f.Check == "" || f.Status == "" || f.Found == "" || (f.Status == doctor.StatusOK) != (f.Mend == "") {
			t.Errorf("incomplete: %+v", f)
		}
		t.Logf("%-15s %-4s %s (%s)", f.Check, f.Status, f.Found, f.Mend)
	}
}
