package source

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// pointer is what git keeps of a file that is in LFS (git-lfs' specification,
// version 1).
type pointer struct {
	oid  string // sha256 of the content, 64 hex digits
	size int64
	path string // in the tree, for messages
}

const (
	pointerPrefix = "version https://git-lfs.github.com/spec/"
	maxPointer    = 1024 // bytes; a pointer is smaller, says the specification
)

// parsePointer reads a pointer without extensions.
func parsePointer(text []byte) (p pointer, ok bool) {
	if len(text) >= maxPointer || !bytes.HasPrefix(text, []byte(pointerPrefix)) {
		return p, false
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "version":
			ok = value == "https://git-lfs.github.com/spec/v1"
		case "oid":
			p.oid = strings.TrimPrefix(value, "sha256:")
		case "size":
			size, err := strconv.ParseUint(value, 10, 63)
			if err != nil {
				return p, false
			}
			p.size = int64(size)
		default:
			return p, false
		}
	}
	return p, ok && validOID(p.oid)
}

// validOID tells a lower-case sha256, which is also safe as a file's name.
func validOID(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64 && s == strings.ToLower(s)
}
