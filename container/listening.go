package container

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Listener is a TCP port on which something in the container waits for
// connections.
type Listener struct {
	Port     int
	Loopback bool // at an address of the loopback alone
}

// Listening gives the ports on which the container is listened on, as its
// own network sees them; none once it has ended.
func (c *Container) Listening() []Listener {
	var all []Listener
	for _, table := range []string{"tcp", "tcp6"} {
		raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(c.process.cmd.Process.Pid), "net", table))
		if err != nil {
			continue
		}
		all = append(all, listeners(string(raw))...)
	}
	return all
}

// stateListen is TCP_LISTEN as the kernel prints it (net/ipv4/tcp_ipv4.c).
const stateListen = "0A"

// listeners reads a table of proc_pid_net(5): the second column is the local
// ADDRESS:PORT in hexadecimal, the fourth the state.
func listeners(table string) []Listener {
	var found []Listener
	for line := range strings.Lines(table) {
		columns := strings.Fields(line)
		if len(columns) < 4 || columns[3] != stateListen {
			continue
		}
		address, port, _ := strings.Cut(columns[1], ":")
		number, err := strconv.ParseUint(port, 16, 16)
		ip, ok := kernelAddress(address)
		if err == nil && ok {
			found = append(found, Listener{Port: int(number), Loopback: ip.Unmap().IsLoopback()})
		}
	}
	return found
}

// kernelAddress reads an address that the kernel prints as words of 32 bits
// in the machine's own order.
func kernelAddress(text string) (netip.Addr, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw)%4 != 0 {
		return netip.Addr{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.NativeEndian.Uint32(raw[i:]))
	}
	return netip.AddrFromSlice(raw)
}
