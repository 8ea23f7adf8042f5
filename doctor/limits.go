package doctor

import (
	"slices"
	"strings"
)

// goodFilesOpen is what an engine that pulls and unpacks several images at a
// time stays well below (16 steps, each with its layers and pipes).
const goodFilesOpen = 16384

func (m Machine) openFiles() Finding {
	if m.OpenFiles < goodFilesOpen {
		return Warn("ulimit -Hn 65536 before starting Slipway, LimitNOFILE=65536 in a systemd unit",
			"a process may open %d files, builds beside one another may want %d", m.OpenFiles, goodFilesOpen)
	}
	return OK("a process may open %d files", m.OpenFiles)
}

// ports wants the addresses that will be listened on, and loopback for the
// embedded registry, which takes any free port there.
func (m Machine) ports(addresses []string) Finding {
	for _, a := range addresses {
		if err := m.Listen(a); err != nil {
			return Fail("end what listens there (ss -ltnp names it), or choose another address", "cannot listen on %s: %v", a, err)
		}
	}
	if err := m.Listen("127.0.0.1:0"); err != nil {
		return Fail("ip link set lo up", "cannot listen on loopback: %v", err)
	}
	return OK("%s can be listened on", strings.Join(append(slices.Clip(addresses), "loopback"), ", "))
}
