package repo

import (
	"errors"
	"io"
	"io/fs"

	"github.com/slipway-ci/slipway"
)

// MaxFile is the most that an adapter reads of one file, in bytes. The go
// command itself refuses a go.mod above 16 MiB (cmd/go/internal/modfetch);
// what people write is below 100 kB.
const MaxFile = 1 << 20

// Read gives a file's content, and false when there is no such file. A file
// that is too large, is not regular or cannot be read is CodeInvalid.
func Read(tree fs.FS, name string) ([]byte, bool, error) {
	f, err := tree.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return nil, false, e // the tree knows better what is wrong, and what to do
	}
	if err != nil {
		return nil, false, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read", Show(name)).Because(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, false, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read", Show(name)).Because(err)
	}
	if !info.Mode().IsRegular() {
		return nil, false, slipway.Errorf(slipway.CodeInvalid, "%s is not a regular file", Show(name))
	}
	if info.Size() > MaxFile {
		return nil, false, slipway.Errorf(slipway.CodeInvalid, "%s is larger than %d bytes", Show(name), MaxFile).
			WithHint("Slipway reads at most that much of a file that it plans by")
	}
	b := make([]byte, info.Size()) // what a file has grown by since is of another commit
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, false, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read", Show(name)).Because(err)
	}
	return b[:n], true, nil
}

// IsFile tells whether name is a regular file.
func IsFile(tree fs.FS, name string) bool {
	info, err := fs.Stat(tree, name)
	return err == nil && info.Mode().IsRegular()
}

// IsDir tells whether name is a directory.
func IsDir(tree fs.FS, name string) bool {
	info, err := fs.Stat(tree, name)
	return err == nil && info.IsDir()
}
