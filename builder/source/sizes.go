package source

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
)

// sizes remembers what is costly to learn about blobs, beside a mirror: their
// sizes, and whether they are LFS pointers. Finding the size of 7,600 blobs in
// packs took 0.2 s, most of which are the same in the next commit.
type sizes struct {
	path  string
	known map[plumbing.Hash]uint64 // size<<1 | pointer
	fresh []byte                   // records to append
}

// A record is id, size<<1|pointer, CRC-32 of both; a torn or damaged one is
// as if it were not there.
const sizeRecord = 20 + 8 + 4

func loadSizes(dir string) *sizes {
	s := &sizes{path: filepath.Join(dir, "slipway-sizes"), known: map[plumbing.Hash]uint64{}}
	data, err := os.ReadFile(s.path)
	if err != nil {
		return s
	}
	s.known = decodeSizes(data)
	return s
}

func decodeSizes(data []byte) map[plumbing.Hash]uint64 {
	known := make(map[plumbing.Hash]uint64, len(data)/sizeRecord)
	for ; len(data) >= sizeRecord; data = data[sizeRecord:] {
		if crc32.ChecksumIEEE(data[:28]) != binary.BigEndian.Uint32(data[28:]) {
			break // what follows a torn record is out of step
		}
		known[plumbing.Hash(data[:20])] = binary.BigEndian.Uint64(data[20:])
	}
	return known
}

func (s *sizes) get(id plumbing.Hash) (size int64, pointer, ok bool) {
	v, ok := s.known[id]
	return int64(v >> 1), v&1 == 1, ok
}

func (s *sizes) put(id plumbing.Hash, size int64, pointer bool) {
	v := uint64(size) << 1 //nolint:gosec // sizes are not negative
	if pointer {
		v |= 1
	}
	s.known[id] = v
	at := len(s.fresh)
	s.fresh = append(s.fresh, id[:]...)
	s.fresh = binary.BigEndian.AppendUint64(s.fresh, v)
	s.fresh = binary.BigEndian.AppendUint32(s.fresh, crc32.ChecksumIEEE(s.fresh[at:]))
}

// save writes all records anew when a torn one was met, else appends. It is a
// cache: what cannot be written is found out again.
func (s *sizes) save() {
	if len(s.fresh) == 0 {
		return
	}
	f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	defer f.Close() //nolint:errcheck // a cache
	if fi, err := f.Stat(); err != nil || fi.Size() != int64((len(s.known)*sizeRecord)-len(s.fresh)) {
		_ = f.Truncate(0)
		s.fresh = s.fresh[:0]
		for id, v := range s.known {
			s.put(id, int64(v>>1), v&1 == 1)
		}
	}
	_, _ = f.Write(s.fresh)
}
