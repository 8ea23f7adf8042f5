package registry

import (
	"bytes"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// ReadArchive is ReadOCI of bytes, for the fuzzer: a file each would make it
// slow.
func ReadArchive(b []byte) (v1.Image, error) { return readArchive(bytes.NewReader(b)) }
