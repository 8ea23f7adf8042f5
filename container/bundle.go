package container

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/slipway-ci/slipway"
)

// bundle is a container's folder: rootfs, volumes, runc's configuration and
// state, and a lock that its process holds.
type bundle struct {
	id      string
	dir     string
	lock    *os.File
	cgroup  string   // "" where control groups cannot be made
	volumes []string // in the container, sorted; the i-th is the folder volumes/i
}

// newBundle makes the folder, after removing those whose process has died.
func newBundle(ctx context.Context, parent string) (bundle, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return bundle{}, cannotUse(parent, err)
	}
	if err := ours(parent); err != nil {
		return bundle{}, cannotUse(parent, err)
	}
	all, err := lockFile(ctx, filepath.Join(parent, "lock"))
	if err != nil {
		return bundle{}, cannotUse(parent, err)
	}
	defer func() { _ = all.Close() }()
	sweep(ctx, parent)
	b := bundle{id: "slipway-" + strings.ToLower(rand.Text())}
	b.dir = filepath.Join(parent, b.id)
	if err := os.Mkdir(b.dir, 0o700); err != nil {
		return bundle{}, cannotUse(b.dir, err)
	}
	if b.lock, err = lockFile(ctx, filepath.Join(b.dir, "lock")); err != nil {
		return bundle{}, cannotUse(b.dir, err)
	}
	if cgroupsWritable() {
		b.cgroup = b.id
	}
	return b, nil
}

// fill unpacks the image and writes runc's configuration.
func (b *bundle) fill(ctx context.Context, img v1.Image, opt Options) error {
	file, err := img.ConfigFile()
	if err != nil {
		return unreadable(img, err)
	}
	rootfs := filepath.Join(b.dir, "rootfs")
	if err := os.Mkdir(rootfs, 0o755); err != nil { //nolint:gosec // the container's "/", read by any of its users
		return cannotUse(rootfs, err)
	}
	if err := unpack(ctx, img, rootfs, opt.MaxBytes, os.Geteuid() != 0); err != nil {
		return err
	}
	name := file.Config.User
	if opt.User != "" {
		name = opt.User
	}
	user, err := imageUser(name, rootfs)
	if err != nil {
		return err
	}
	if err := b.makeVolumes(file.Config.Volumes); err != nil {
		return err
	}
	spec, err := runtimeSpec(*b, file.Config, user, opt)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "config.json"), raw, 0o600)
}

// filled is when fill had written the last file, by the clock of the file
// system; zero before.
func (b bundle) filled() time.Time {
	info, err := os.Stat(filepath.Join(b.dir, "config.json"))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// makeVolumes makes an empty folder, writable for anybody, for each volume,
// and the file that is the container's /etc/hosts.
func (b *bundle) makeVolumes(declared map[string]struct{}) error {
	for _, v := range slices.Sorted(maps.Keys(declared)) {
		if clean := path.Join("/", v); clean != "/" {
			b.volumes = append(b.volumes, clean)
		}
	}
	for i := range b.volumes {
		dir := b.volumeDir(i)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return cannotUse(dir, err)
		}
		if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
			return cannotUse(dir, err)
		}
	}
	return os.WriteFile(filepath.Join(b.dir, "hosts"), []byte("127.0.0.1 localhost slipway\n::1 localhost\n"), 0o644) //nolint:gosec // read by any user
}

func (b bundle) volumeDir(i int) string {
	return filepath.Join(b.dir, "volumes", strconv.Itoa(i))
}

func (b bundle) mounts() []specs.Mount {
	m := []specs.Mount{{Destination: "/etc/hosts", Type: "bind", Source: filepath.Join(b.dir, "hosts"), Options: []string{"bind", "ro", "nosuid", "nodev"}}}
	for i, v := range b.volumes {
		m = append(m, specs.Mount{Destination: v, Type: "bind", Source: b.volumeDir(i), Options: []string{"bind", "rw", "nosuid", "nodev"}})
	}
	return m
}

// remove deletes the bundle; the container has ended.
func (b bundle) remove(ctx context.Context) error {
	if b.lock != nil {
		defer func() { _ = b.lock.Close() }()
	}
	removeCgroup(ctx, b.id)
	return removeAll(ctx, b.dir)
}

// ours refuses a directory that somebody else can change: the default one
// lies in a directory where everybody may make names.
func ours(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return errors.New("it is not a directory that only this user may write to")
	}
	return nil
}

func cannotUse(path string, err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "%s cannot be used for containers", path).
		WithHint("give a directory that you may write to, on a disk with space").Because(err)
}
