package main

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway"
)

// engineFlags choose and limit what builds.
type engineFlags struct {
	buildkit    string
	hostNetwork bool
	profile     string
}

func (a *app) engineFlags(flags *pflag.FlagSet, f *engineFlags) {
	flags.StringVar(&f.buildkit, "buildkit", a.getenv("SLIPWAY_BUILDKIT"), "address of a remote BuildKit daemon (unix://, tcp://, docker-container://); default: our own child")
	flags.BoolVar(&f.hostNetwork, "allow-host-network", false, "let build steps use this machine's network: they then reach its loopback and its neighbours")
	a.profileFlag(flags, &f.profile)
}

func (a *app) profileFlag(flags *pflag.FlagSet, profile *string) {
	flags.StringVar(profile, "profile", a.getenv("SLIPWAY_PROFILE"), "stack profile: official or assembled (default: assembled where stack build has run)")
}

// buildkitd finds the daemon's binary: named, beside this program, or on the
// PATH.
func (a *app) buildkitd() (string, error) {
	if path := a.getenv("SLIPWAY_BUILDKITD"); path != "" {
		return path, nil
	}
	if exe, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(exe), "buildkitd")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	if path, err := exec.LookPath("buildkitd"); err == nil {
		return path, nil
	}
	return "", slipway.Errorf(slipway.CodeUsage, "buildkitd is neither beside this program nor on the PATH").
		WithHint("`make build` makes it; or name it with SLIPWAY_BUILDKITD, or use a remote daemon with --buildkit ADDRESS")
}
