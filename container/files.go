package container

import (
	"bufio"
	"context"
	"encoding/json"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"

	specs "github.com/opencontainers/runtime-spec/specs-go"
)

// maxFiles bounds what Files gives of a program that writes without end.
const maxFiles = 1000

// Files lists the files that the program has written into its volumes, as
// paths in the container, sorted; at most 1000. It works while the container
// runs and after its end, before Close. What another id closed to us is left
// out.
func (c *Container) Files() []string {
	var files []string
	for i, volume := range c.bundle.volumes {
		root := c.bundle.volumeDir(i)
		_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // unreadable or just deleted: see the docstring
			}
			if len(files) >= maxFiles {
				return fs.SkipAll
			}
			if rel, rerr := filepath.Rel(root, name); rerr == nil && !entry.IsDir() {
				files = append(files, path.Join(volume, filepath.ToSlash(rel)))
			}
			return nil
		})
	}
	slices.Sort(files)
	return files
}

// Written lists what the program has written outside its volumes, where its
// root was writable, as Files does: files and, with a slash at their end,
// directories that it left empty.
func (c *Container) Written() []string {
	if !c.writable {
		return nil
	}
	root, since := filepath.Join(c.bundle.dir, "rootfs"), c.bundle.filled()
	var written []string
	_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		rel, rerr := filepath.Rel(root, name)
		inside := path.Join("/", filepath.ToSlash(rel))
		switch {
		case err != nil || rerr != nil:
			return nil //nolint:nilerr // unreadable or just deleted: see the docstring
		case len(written) >= maxFiles:
			return fs.SkipAll
		case slices.ContainsFunc(slices.Concat(systemMounts(), c.bundle.mounts()), func(m specs.Mount) bool { return m.Destination == inside }):
			return nil // runc made it for what is mounted there
		}
		info, err := entry.Info()
		switch {
		case err != nil || !info.ModTime().After(since):
		case !entry.IsDir():
			written = append(written, inside)
		case isEmpty(name):
			written = append(written, inside+"/")
		}
		return nil //nolint:nilerr // as above
	})
	return written // WalkDir goes in order
}

func isEmpty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) == 0
}

func (c *Container) dialer(port int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return c.Dial(ctx, port) }
}

// runcError gives the last error in runc's own log, "" when there is none.
func runcError(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	reason := ""
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var line struct{ Level, Msg string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Level == "error" {
			reason = line.Msg
		}
	}
	return reason
}
