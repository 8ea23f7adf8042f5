package container

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// setUpRootless gives the new user namespace its ids (this person as root,
// the person's subordinate ids above) and switches the loopback on. The
// programs that may do so are the uidmap package's, which are set-uid root.
func setUpRootless(ctx context.Context, pid int, network bool) error {
	for _, m := range []struct{ program, file, id string }{
		{"newuidmap", "/etc/subuid", strconv.Itoa(os.Geteuid())},
		{"newgidmap", "/etc/subgid", strconv.Itoa(os.Getegid())},
	} {
		first, count, err := subordinateIDs(m.file)
		if err != nil {
			return err
		}
		if err := run(ctx, m.program, strconv.Itoa(pid), "0", m.id, "1", "1", first, count); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "%s cannot map the ids of a container", m.program).
				WithHint("install the Debian package uidmap, or run as root").Because(err)
		}
	}
	if !network {
		return nil
	}
	if err := run(ctx, "nsenter", "--target", strconv.Itoa(pid), "--user", "--net", "--setuid", "0", "--setgid", "0", "ip", "link", "set", "lo", "up"); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the network of a container cannot be set up").
			WithHint("install the Debian package iproute2, or run as root").Because(err)
	}
	return nil
}

// subordinateIDs reads the first range of this person (subuid(5):
// NAME-OR-UID:FIRST:COUNT).
func subordinateIDs(file string) (first, count string, err error) {
	me, err := user.Current()
	if err != nil {
		return "", "", err
	}
	raw, err := os.ReadFile(file)
	if err == nil {
		for line := range strings.Lines(string(raw)) {
			parts := strings.Split(strings.TrimSpace(line), ":")
			if len(parts) == 3 && (parts[0] == me.Username || parts[0] == me.Uid) {
				return parts[1], parts[2], nil
			}
		}
	}
	return "", "", slipway.Errorf(slipway.CodeUnavailable, "%s has no ids for %s, which running a container without root needs", file, me.Username).
		WithHint("add them once as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s", me.Username)
}

// run runs a system program and puts what it said into the error.
func run(ctx context.Context, name string, args ...string) error {
	path, err := systemProgram(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"PATH=" + systemPath}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// dialRootless connects through a small process in the container's network:
// a program with threads cannot enter a user namespace itself (setns(2)).
// bash, which Debian always has, can connect and pass bytes on.
func dialRootless(ctx context.Context, pid, port int) (net.Conn, error) {
	path, err := systemProgram("nsenter")
	if err != nil {
		return nil, err
	}
	ours, theirs := net.Pipe()
	script := `exec 3<>"/dev/tcp/127.0.0.1/$1" && { cat <&3 & cat >&3; kill $!; }`
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, "--target", strconv.Itoa(pid), "--user", "--net",
		"--setuid", "0", "--setgid", "0", "bash", "-c", script, "dial", strconv.Itoa(port))
	cmd.Env = []string{"PATH=" + systemPath}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = theirs
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go relay(stdin, theirs)
	go func() {
		_ = cmd.Wait() // refused connections end it; the reader then sees the end
		_ = theirs.Close()
	}()
	return ours, nil
}
