package container

import (
	"maps"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/profiles/seccomp"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/slipway-ci/slipway"
)

// runtimeSpec is the image's configuration in runc's words, locked down: no
// capability, no new privilege, the usual system call filter, nothing of the
// host but what is listed here. It has no network namespace of its own
// because runc already starts in the container's.
func runtimeSpec(b bundle, config v1.Config, user specs.User, opt Options) (*specs.Spec, error) {
	args := slices.Concat(config.Entrypoint, config.Cmd)
	if len(opt.Args) > 0 {
		args = opt.Args
	}
	if len(args) == 0 {
		return nil, slipway.Errorf(slipway.CodeInvalid, "the image has neither an entrypoint nor a command").
			WithHint("give it an entrypoint in exec form")
	}
	spec := &specs.Spec{
		Version:  specs.Version,
		Hostname: "slipway",
		Root:     &specs.Root{Path: "rootfs", Readonly: !opt.WritableRoot},
		Process: &specs.Process{
			Args:            args,
			Cwd:             path.Join("/", config.WorkingDir),
			Env:             environment(config.Env, opt.Env),
			User:            user,
			Capabilities:    &specs.LinuxCapabilities{},
			NoNewPrivileges: true,
			Rlimits:         []specs.POSIXRlimit{{Type: "RLIMIT_CORE"}},
		},
		Mounts: slices.Concat(systemMounts(), b.mounts()),
		Linux: &specs.Linux{
			Namespaces:    namespaces(),
			Resources:     &specs.LinuxResources{},
			MaskedPaths:   []string{"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"},
			ReadonlyPaths: []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"},
		},
	}
	if b.cgroup != "" {
		spec.Linux.CgroupsPath = "/" + b.cgroup
		spec.Linux.Resources = resources(opt)
	}
	filter, err := seccomp.GetDefaultProfile(spec)
	if err != nil {
		return nil, err
	}
	spec.Linux.Seccomp = filter
	return spec, nil
}

func namespaces() []specs.LinuxNamespace {
	return []specs.LinuxNamespace{
		{Type: specs.PIDNamespace},
		{Type: specs.MountNamespace},
		{Type: specs.IPCNamespace},
		{Type: specs.UTSNamespace},
	}
}

func resources(opt Options) *specs.LinuxResources {
	return &specs.LinuxResources{
		Devices: []specs.LinuxDeviceCgroup{{Allow: false, Access: "rwm"}},
		Memory:  &specs.LinuxMemory{Limit: &opt.Memory},
		Pids:    &specs.LinuxPids{Limit: &opt.PIDs},
	}
}

// systemMounts are those that every program may expect (runtime-spec,
// config-linux.md, "Default Filesystems"), small.
func systemMounts() []specs.Mount {
	return []specs.Mount{
		{Destination: "/proc", Type: "proc", Source: "proc", Options: []string{"nosuid", "noexec", "nodev"}},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "strictatime", "mode=755", "size=1m"}},
		{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
		{Destination: "/dev/shm", Type: "tmpfs", Source: "shm", Options: []string{"nosuid", "noexec", "nodev", "mode=1777", "size=64m"}},
		{Destination: "/sys", Type: "sysfs", Source: "sysfs", Options: []string{"nosuid", "noexec", "nodev", "ro"}},
	}
}

// environment lays over onto the image's variables. PATH is there even when
// the image names none, as with every other runtime.
func environment(image []string, over map[string]string) []string {
	values := map[string]string{"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	for _, kv := range image {
		name, value, _ := strings.Cut(kv, "=")
		values[name] = value
	}
	maps.Copy(values, over)
	env := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		env = append(env, name+"="+values[name])
	}
	return env
}
