package assemble

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// epoch is the modification time of everything in a stack image, seconds.
const epoch = 1_000_000_000

// keyring is where Debian's package debian-archive-keyring has the keys that
// its archives are signed with.
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// The files of a fetched base.
const (
	baseTar     = "base.tar"     // the bootstrapped system, main context of its image
	baseStatus  = "status"       // its dpkg status, which further packages are resolved against
	baseKeys    = "trusted"      // its apt keys, which further packages are verified with
	baseSources = "sources.list" // where it came from
)

// fetchBase bootstraps Debian on this machine. The machine's own CA
// certificates, resolver, host name, mirrors and apt configuration are not in
// it: the system is put together in an empty root, and what the bootstrap
// needed is removed.
func (f fetcher) fetchBase(ctx context.Context, suite, dir string) error {
	network, err := aptNetwork(ctx, f.log, f.settings, f.public)
	if err != nil {
		return err
	}
	args := []string{
		"--format=tar", "--variant=minbase", "--include=ca-certificates,netbase,tzdata",
		"--mode=" + bootstrapMode(),
		"--aptopt=" + network, "--aptopt=Acquire::Languages \"none\"", "--aptopt=APT::Install-Recommends \"false\"",
		"--dpkgopt=force-unsafe-io",
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
	}
	for _, unread := range []string{"info", "lintian", "locale", "man"} {
		args = append(args, "--dpkgopt=path-exclude=/usr/share/"+unread+"/*")
	}
	sources, hooks, err := f.bootstrapSources(suite, dir)
	if err != nil {
		return err
	}
	args = append(args, hooks...)
	args = append(args,
		`--customize-hook=rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap`,
		`--customize-hook=rm -rf "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/log/* "$1"/var/lib/dpkg/*-old`,
		`--customize-hook=rm -rf "$1"/var/cache/debconf/*-old "$1"/var/cache/ldconfig/aux-cache`,
		suite, filepath.Join(dir, baseTar))
	args = append(args, sources...)
	c := command{step: "debian " + suite, program: f.mmdebstrap, args: args, env: []string{"SOURCE_DATE_EPOCH=" + strconv.Itoa(epoch)}}
	if _, err := c.run(ctx, f.log); err != nil {
		return keyringHint(err)
	}
	return extractBase(dir)
}

// bootstrapSources leaves the sources of a base in dir and gives the arguments
// that name them. Where no mirror is known, mmdebstrap chooses, and a hook
// copies out what it chose.
func (f fetcher) bootstrapSources(suite, dir string) (args, hooks []string, err error) {
	m := f.mirror()
	if m.URL == "" {
		return nil, []string{"--customize-hook=copy-out /etc/apt/sources.list " + dir}, nil
	}
	list := filepath.Join(dir, baseSources)
	return []string{list}, nil, os.WriteFile(list, sourcesList(m, suite, existing(keyring)), 0o600)
}

// keyringHint says which package is missing when a bootstrap fails where
// Debian's keys are not installed.
func keyringHint(err error) error {
	if e, ok := errors.AsType[*slipway.Error](err); ok && existing(keyring) == "" {
		return e.WithHint("install the package debian-archive-keyring, which has the keys of Debian's archives")
	}
	return err
}

// mirror gives where Debian comes from: the organisation's setting, else this
// machine's own, else nothing, which leaves it to mmdebstrap.
func (f fetcher) mirror() slipway.DebianMirror {
	if f.settings.Debian.URL != "" {
		return f.settings.Debian
	}
	return machineMirror(os.DirFS("/"))
}

// bootstrapMode is root's own chroot, or a user namespace.
func bootstrapMode() string {
	if os.Geteuid() == 0 {
		return "root"
	}
	return "unshare"
}

func existing(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// extractBase lays the dpkg status and the apt keys of a base beside it.
func extractBase(dir string) error {
	file, err := os.Open(filepath.Join(dir, baseTar))
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	if err := os.Mkdir(filepath.Join(dir, baseKeys), 0o700); err != nil {
		return err
	}
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		to := ""
		switch {
		case h.Typeflag != tar.TypeReg:
		case name == "var/lib/dpkg/status":
			to = baseStatus
		case path.Dir(name) == "etc/apt/trusted.gpg.d":
			to = filepath.Join(baseKeys, path.Base(name))
		}
		if to == "" {
			continue
		}
		if err := writeFrom(filepath.Join(dir, to), r); err != nil {
			return err
		}
	}
}

func writeFrom(path string, r io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Close())
}
