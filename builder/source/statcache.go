package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// statCache remembers the blob ids of files on disk by what changes when they
// do. It is a cache in the strict sense: lost or damaged, it costs time only.
type statCache map[string]statEntry

type statEntry struct {
	seen stamp
	id   plumbing.Hash
}

const statMagic = "slipway-stat-1\n"

// racy is git's rule (racy-git.txt) with room for file systems with coarse or
// other clocks: an entry is not remembered when its file changed so shortly
// before it was hashed that another change could bear the same time.
const racy = 2 * time.Second

// encode writes magic, records and a checksum. A record is a path with its
// length (16 bit), the stamp (4 x 64 bit) and the id.
func (c statCache) encode(started time.Time) []byte {
	limit := started.Add(-racy).UnixNano()
	out := []byte(statMagic)
	for name, e := range c {
		if e.seen.mtime >= limit || e.seen.ctime >= limit || len(name) > 0xffff {
			continue
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(name))) //nolint:gosec // checked above
		out = append(out, name...)
		for _, v := range []int64{e.seen.size, e.seen.mtime, e.seen.ctime} {
			out = binary.BigEndian.AppendUint64(out, uint64(v)) //nolint:gosec // the same bits
		}
		out = binary.BigEndian.AppendUint64(out, e.seen.inode)
		out = append(out, e.id[:]...)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// decodeStat reads what encode wrote; anything else is an empty cache.
func decodeStat(data []byte) statCache {
	if len(data) < len(statMagic)+sha256.Size || !bytes.HasPrefix(data, []byte(statMagic)) {
		return statCache{}
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:], sum) {
		return statCache{}
	}
	body = body[len(statMagic):]
	const tail = 4*8 + 20
	c := make(statCache, len(body)/(tail+32))
	for len(body) >= 2 {
		size := int(binary.BigEndian.Uint16(body))
		if body = body[2:]; len(body) < size+tail {
			return statCache{}
		}
		name, at := string(body[:size]), body[size:]
		c[name] = statEntry{
			seen: stamp{
				size: number(at), mtime: number(at[8:]), ctime: number(at[16:]), inode: binary.BigEndian.Uint64(at[24:]),
			},
			id: plumbing.Hash(at[32:tail]),
		}
		body = at[tail:]
	}
	return c
}

// number reads what encode wrote for an int64.
func number(at []byte) int64 {
	return int64(binary.BigEndian.Uint64(at)) //nolint:gosec // the same bits
}

func loadStat(file string) statCache {
	data, err := os.ReadFile(file)
	if file == "" || err != nil {
		return statCache{}
	}
	return decodeStat(data)
}

// save replaces the file at once; two writers do not mix.
func (c statCache) save(file string, started time.Time) error {
	if file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(c.encode(started))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
