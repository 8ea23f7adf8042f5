package main

import (
	"os/exec"

	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/builder/source"
)

func (f *serviceFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.service, "service", "", "the service's name, TEAM/NAME (default: local/ and the name in slipway.yaml, else the directory's)")
	flags.StringVar(&f.path, "path", "", "directory of the service in the repository")
	flags.StringVar(&f.main, "main", "", "which of several programs is meant, for example ./cmd/api")
}

// pathIn is the service's directory in the tree: the one given, else the
// subdirectory that the location named.
func (f serviceFlags) pathIn(tree *source.Tree) string {
	if f.path != "" {
		return f.path
	}
	return tree.Subdir()
}

// declared is the name that the tree's slipway.yaml gives the service, where
// nobody has said one.
func (f serviceFlags) declared(service slipway.ServiceName, tree *source.Tree) (slipway.ServiceName, error) {
	if f.service != "" {
		return service, nil
	}
	name, err := adapters.DeclaredName(tree.FS(), f.pathIn(tree), service.Name)
	return slipway.ServiceName{Team: service.Team, Name: name}, err
}

func (a *app) sourceConfig(dir *dataDir, s slipway.Settings) source.Config {
	git, err := exec.LookPath("git")
	if err != nil {
		git = "" // go-git does it, with more memory and a full history
	}
	return source.Config{
		Mirrors: dir.join("mirrors"), StatCache: dir.join("cache", "stat"), Git: git, Self: self(fetchCommand),
		SSHAgent: a.getenv("SSH_AUTH_SOCK"), KnownHosts: a.getenv("SLIPWAY_SSH_KNOWN_HOSTS"), CA: s.CA, Proxy: s.Proxy, Netrc: s.Netrc, Private: s.Private,
	}
}

// machineMemory is the machine's memory in bytes.
func machineMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0 // no limit rather than a wrong one
	}
	return int64(info.Totalram) * int64(info.Unit) //nolint:gosec // a machine's memory fits
}
