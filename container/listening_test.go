package container

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// As Linux 6.12 prints them, on a machine of little-endian order.
const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
`

const tcp6Table = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1388 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:1389 00000000000000000000000000000000:0000 0A 00000000:00000000
   2: 0000000000000000FFFF00000100007F:138A 00000000000000000000000000000000:0000 0A 00000000:00000000
`

func TestListeners(t *testing.T) {
	t.Parallel()
	want := []Listener{{8080, true}, {3000, false}}
	if diff := cmp.Diff(want, listeners(tcpTable)); diff != "" {
		t.Error(diff)
	}
	want = []Listener{{5000, false}, {5001, true}, {5002, true}}
	if diff := cmp.Diff(want, listeners(tcp6Table)); diff != "" {
		t.Error(diff)
	}
}

func FuzzListeners(f *testing.F) {
	f.Add(tcpTable)
	f.Add(tcp6Table)
	f.Fuzz(func(t *testing.T, table string) {
		for _, l := range listeners(table) {
			if l.Port < 0 || l.Port > 65535 {
				t.Errorf("port %d", l.Port)
			}
		}
	})
}
