//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// network is a network of the test's own: machines are network namespaces on
// a bridge, which is in a namespace itself, so that no firewall of this host
// has a say. This host is on it, too.
type network struct {
	id       string // begins the names of namespaces and interfaces
	prefix   string // of addresses: three numbers and a dot
	machines int
}

// machine is a namespace with an address.
type machine struct {
	namespace string
	address   string
}

// hostNumber is this host's on the network; machines come after it.
const hostNumber = 1

func newNetwork(t *testing.T) *network {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "network namespaces need root")
	}
	for _, tool := range []string{"ip", "nsenter", "setpriv"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, "the program "+tool+" is not installed")
		}
	}
	pid := os.Getpid()
	n := &network{id: fmt.Sprintf("sw%d", pid%100000), prefix: fmt.Sprintf("10.231.%d.", pid%250)}
	if out, err := exec.CommandContext(t.Context(), "ip", "netns", "add", n.id).CombinedOutput(); err != nil {
		missing(t, fmt.Sprintf("network namespaces cannot be made: %v\n%s", err, out))
	}
	t.Cleanup(func() { n.gone(t, n.id) })
	n.ip(t, "-n "+n.id+" link add bridge type bridge")
	n.ip(t, "-n "+n.id+" link set bridge up")
	n.ip(t, "link add "+n.id+" type veth peer name host netns "+n.id)
	n.ip(t, "-n "+n.id+" link set host master bridge up")
	n.ip(t, "addr add "+n.host()+"/24 dev "+n.id)
	n.ip(t, "link set "+n.id+" up")
	return n
}

// host is this host's address on the network.
func (n *network) host() string { return fmt.Sprint(n.prefix, hostNumber) }

// machine adds one.
func (n *network) machine(t *testing.T) machine {
	t.Helper()
	n.machines++
	m := machine{namespace: fmt.Sprintf("%s-%d", n.id, n.machines), address: fmt.Sprint(n.prefix, hostNumber+n.machines)}
	n.ip(t, "netns add "+m.namespace)
	t.Cleanup(func() { n.gone(t, m.namespace) })
	port := fmt.Sprintf("p%d", n.machines)
	n.ip(t, "-n "+n.id+" link add "+port+" type veth peer name eth0 netns "+m.namespace)
	n.ip(t, "-n "+n.id+" link set "+port+" master bridge up")
	n.ip(t, "-n "+m.namespace+" addr add "+m.address+"/24 dev eth0")
	n.ip(t, "-n "+m.namespace+" link set eth0 up")
	n.ip(t, "-n "+m.namespace+" link set lo up")
	return m
}

func (n *network) ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
}

// gone removes a namespace, and with it the interfaces that have an end there.
func (n *network) gone(t *testing.T, namespace string) {
	t.Helper()
	if out, err := exec.Command("ip", "netns", "del", namespace).CombinedOutput(); err != nil { //nolint:noctx // the test's context has ended
		t.Errorf("the network namespace %s is left: %v\n%s", namespace, err, out)
	}
}

// enter gives the words before a command that has it run on the machine. (ip
// netns exec would take the view of control groups away, which engines need.)
func (m machine) enter(command ...string) []string {
	return append([]string{"nsenter", "--net=/run/netns/" + m.namespace, "--"}, command...)
}

// program gives a program that runs another one on the machine.
func (m machine) program(t *testing.T, program string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.Base(program))
	script := "#!/bin/sh\nexec " + strings.Join(m.enter(program), " ") + " \"$@\"\n"
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}
