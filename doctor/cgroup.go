package doctor

import (
	"io"
	"path"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// Cgroups says which control groups a machine has.
type Cgroups struct {
	Layout      string   // "v1", "v2", "hybrid" (both, the controllers in v1) or "none"
	Controllers []string // of v1 and hybrid: the mounted ones, sorted; v2 lists its own elsewhere
}

// ParseCgroups reads the text of /proc/self/mountinfo.
func ParseCgroups(r io.Reader) (Cgroups, error) {
	mounts, err := mountinfo.GetMountsFromReader(r, nil)
	if err != nil {
		return Cgroups{}, err
	}
	var c Cgroups
	var v1, v2 bool
	for _, m := range mounts {
		switch m.FSType {
		case "cgroup2":
			v2 = true
		case "cgroup":
			v1 = true
			c.Controllers = append(c.Controllers, controllers(m.VFSOptions)...)
		}
	}
	slices.Sort(c.Controllers)
	c.Controllers = slices.Compact(c.Controllers)
	c.Layout = map[[2]bool]string{{true, true}: "hybrid", {true, false}: "v1", {false, true}: "v2"}[[2]bool{v1, v2}]
	if c.Layout == "" {
		c.Layout = "none"
	}
	return c, nil
}

// controllers gives those among a cgroup mount's options that are controllers.
func controllers(options string) []string {
	var found []string
	for o := range strings.SplitSeq(options, ",") {
		if slices.Contains([]string{"blkio", "cpu", "cpuset", "memory", "pids"}, o) {
			found = append(found, o)
		}
	}
	return found
}

// cgroups wants the controllers that the limits of a step need: memory, CPU
// and processes.
func (m Machine) cgroups(rootless bool) Finding {
	c, err := ParseCgroups(strings.NewReader(m.read("proc/self/mountinfo")))
	switch {
	case err != nil:
		return Fail("mount /proc", "/proc/self/mountinfo cannot be read: %v", err)
	case c.Layout == "none":
		return Fail("mount -t cgroup2 none /sys/fs/cgroup", "no control groups are mounted, and runc needs them")
	case rootless && c.Layout != "v2":
		return Warn("boot with systemd.unified_cgroup_hierarchy=1, or run as root",
			"cgroup %s: without root, the limits of steps (memory, CPU, processes) do not work", c.Layout)
	}
	have, mend := c.Controllers, "boot with cgroup_enable=memory swapaccount=1 and without cgroup_disable"
	if c.Layout == "v2" {
		have, mend = m.unified(rootless)
	}
	var missing []string
	for _, want := range []string{"memory", "cpu", "pids"} {
		if !slices.Contains(have, want) {
			missing = append(missing, want)
		}
	}
	if len(missing) > 0 {
		return Warn(mend, "cgroup %s: the limits of steps on %s do not work", c.Layout, strings.Join(missing, ", "))
	}
	return OK("cgroup %s: limits on memory, CPU and processes work", c.Layout)
}

// unified gives the controllers that are ours to use in cgroup v2, and how to
// get more: all of the root's for root, the delegated ones for anybody else.
func (m Machine) unified(rootless bool) (have []string, mend string) {
	dir := "sys/fs/cgroup"
	mend = "sysctl and kernel command line: remove cgroup_disable, then boot again"
	if rootless {
		dir = path.Join(dir, ownCgroup(m.read("proc/self/cgroup")))
		mend = "as root, write [Service] Delegate=cpu memory pids into /etc/systemd/system/user@.service.d/delegate.conf, run systemctl daemon-reload, and log in again"
	}
	return strings.Fields(m.read(path.Join(dir, "cgroup.controllers"))), mend
}

// ownCgroup gives the v2 path of /proc/self/cgroup's text, "/" when there is
// none (cgroups(7)). The kernel writes paths outside our namespace with "..",
// which path.Clean folds into the root.
func ownCgroup(text string) string {
	for line := range strings.Lines(text) {
		if p, ok := strings.CutPrefix(line, "0::"); ok {
			return path.Clean("/" + strings.TrimSuffix(p, "\n"))
		}
	}
	return "/"
}
