package doctor

import "strings"

// kernel wants what the engine was built against: 5.11 lets a user without
// root mount an overlay (torvalds/linux 459c7c565ac3), 5.4 is what a root
// engine's namespaces and seccomp profile expect.
func (m Machine) kernel(rootless bool) Finding {
	release := m.read("proc/sys/kernel/osrelease")
	v, ok := ParseVersion(release)
	switch {
	case !ok:
		return Fail("use a Linux machine, or a remote daemon with --buildkit ADDRESS", "this is no Linux kernel that says its version (%q)", release)
	case rootless && v.Before(5, 11, 0):
		return Fail("use kernel 5.11 or newer, run as root, or use a remote daemon with --buildkit ADDRESS",
			"kernel %s cannot mount an overlay without root", release)
	case v.Before(5, 4, 0):
		return Warn("use kernel 5.4 or newer", "kernel %s is older than any that Slipway was tried on", release)
	}
	return OK("Linux %s", release)
}

// overlay wants the file system that images are stacked with.
func (m Machine) overlay(rootless bool) Finding {
	for line := range strings.Lines(m.read("proc/filesystems")) {
		if f := strings.Fields(line); len(f) > 0 && f[len(f)-1] == "overlay" {
			return OK("the kernel has overlay")
		}
	}
	if rootless {
		return Fail("ask root to run: modprobe overlay", "the kernel does not list overlay among its file systems")
	}
	// A module that is not loaded yet is loaded by the first mount.
	release := m.read("proc/sys/kernel/osrelease")
	if strings.Contains(m.read("lib/modules/"+release+"/modules.dep"), "/overlay.ko") {
		return OK("the kernel has overlay as a module, loaded when it is needed")
	}
	return Fail("modprobe overlay; if there is no such module, use another kernel or a remote daemon with --buildkit ADDRESS",
		"the kernel does not list overlay among its file systems")
}
