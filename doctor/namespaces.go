package doctor

import (
	"strconv"
	"strings"
)

// namespaces wants the kinds that seal the engine and its steps.
func (m Machine) namespaces() Finding {
	var none, closed []string
	for _, kind := range []string{"pid", "net", "mnt", "user", "ipc", "uts"} {
		if !m.exists("proc/self/ns/" + kind) {
			none = append(none, kind)
		}
		if m.read("proc/sys/user/max_"+kind+"_namespaces") == "0" {
			closed = append(closed, kind)
		}
	}
	switch {
	case len(none) > 0:
		return Fail("use a kernel that has them, or a remote daemon with --buildkit ADDRESS",
			"the kernel lacks %s namespaces", strings.Join(none, ", "))
	case len(closed) > 0:
		return Fail("sysctl -w user.max_"+closed[0]+"_namespaces=10000, and the same for each of them",
			"this machine allows no %s namespaces", strings.Join(closed, ", "))
	}
	return OK("pid, net, mnt, user, ipc and uts namespaces")
}

// capSysAdmin is the bit of CAP_SYS_ADMIN (capabilities(7)): mounts and
// namespaces need it.
const capSysAdmin = 21

// privileges wants a root that is one: in a container without --privileged,
// uid 0 can neither mount nor make namespaces.
func (m Machine) privileges() Finding {
	if m.UID != 0 {
		return Fail("run as root, or let the engine run rootless", "this is user %d, not root", m.UID)
	}
	caps, ok := effectiveCaps(m.read("proc/self/status"))
	if !ok {
		return Warn("look at CapEff in /proc/self/status", "the capabilities of this process cannot be read")
	}
	if caps&(1<<capSysAdmin) == 0 {
		return Fail("run outside the container, or start the container with --privileged; or use a remote daemon with --buildkit ADDRESS",
			"root here lacks CAP_SYS_ADMIN, as in a container")
	}
	return OK("root, with CAP_SYS_ADMIN")
}

// effectiveCaps reads the CapEff line of /proc/PID/status.
func effectiveCaps(status string) (caps uint64, ok bool) {
	for line := range strings.Lines(status) {
		if v, found := strings.CutPrefix(line, "CapEff:"); found {
			caps, err := strconv.ParseUint(strings.TrimSpace(v), 16, 64)
			return caps, err == nil
		}
	}
	return 0, false
}
