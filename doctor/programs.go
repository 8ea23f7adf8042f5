package doctor

import (
	"context"
	"strings"
)

// buildkitd wants the daemon to be of the client's version: newer clients ask
// for what older daemons lack, and nobody tests the pair.
func (m Machine) buildkitd(ctx context.Context, o Options) Finding {
	mend := "make build, which compiles the daemon that belongs to this slipway"
	out, err := m.Output(ctx, o.Buildkitd, "--version")
	fields := strings.Fields(out)
	if err != nil || len(fields) < 3 || fields[0] != "buildkitd" {
		return Fail(mend, "%s --version does not say a version: %s", o.Buildkitd, firstLine(out, err))
	}
	if o.Buildkit != "" && fields[2] != o.Buildkit {
		return Fail(mend, "%s is %s, and this slipway wants %s", o.Buildkitd, fields[2], o.Buildkit)
	}
	return OK("buildkitd %s", fields[2])
}

// git is what fetches repositories quickly; without it they are fetched whole.
func (m Machine) git(ctx context.Context) Finding {
	path, err := m.Look("git")
	if err != nil {
		return Warn("sudo apt-get install git", "git is not on PATH: repositories will be fetched with their whole history, which is slower")
	}
	out, err := m.Output(ctx, path, "--version")
	v, ok := ParseVersion(strings.TrimPrefix(strings.TrimSpace(out), "git version "))
	if err != nil || !ok {
		return Warn("sudo apt-get install --reinstall git", "%s --version does not say a version: %s", path, firstLine(out, err))
	}
	return OK("git %s", v)
}

// mmdebstrap is what assembles stack images.
func (m Machine) mmdebstrap(ctx context.Context) Finding {
	path, err := m.Look("mmdebstrap")
	if err != nil {
		return Warn("sudo apt-get install mmdebstrap", "mmdebstrap is not on PATH: `slipway stack build` cannot assemble stack images, only those of a registry can be used")
	}
	out, err := m.Output(ctx, path, "--version")
	if err != nil {
		return Warn("sudo apt-get install --reinstall mmdebstrap", "%s --version: %s", path, firstLine(out, err))
	}
	return OK("%s", firstLine(out, nil))
}
