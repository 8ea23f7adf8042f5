package solve

import (
	"context"
	"io/fs"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/util/staticfs"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// Dockerfile is a Dockerfile of the repository, read. The daemon gets these
// bytes and not the file: what was looked at is what is built.
type Dockerfile struct {
	Content   []byte
	Ignore    []byte   // of its own ignore file, FILE.dockerignore; nil: the context's counts
	Frontends []string // that may read it in BuildKit's place, REF@sha256:…
}

// frontendName is BuildKit's own Dockerfile frontend, compiled into the
// daemon.
const frontendName = "dockerfile.v0"

// passThrough lets BuildKit's own frontend build the Dockerfile, in this
// session and with its rights, and labels what comes out.
func (r Request) passThrough(ctx context.Context, gw gateway.Client) (*gateway.Result, error) {
	base, err := compile.ReadDockerfile(r.Dockerfile.Content, *r.Plan.Dockerfile, r.Dockerfile.Frontends)
	if err != nil {
		return nil, err
	}
	in := compile.Input{
		Service: r.Service, Trust: r.Trust, Plan: r.Plan, Stack: r.Stack, Limits: r.Limits.Step, SkipCache: r.SkipCache, Created: r.Created,
	}
	res, err := gw.Solve(ctx, gateway.SolveRequest{Frontend: frontendName, FrontendOpt: compile.FrontendOptions(in), Evaluate: true})
	if err != nil {
		return nil, &dockerfileError{err}
	}
	in.Stack.Run = standsOn(ctx, gw, base)
	config, err := compile.PassedThrough(in, res.Metadata[exptypes.ExporterImageConfigKey])
	if err != nil {
		return nil, err
	}
	res.AddMeta(exptypes.ExporterImageConfigKey, config)
	return res, nil
}

// standsOn pins the image that the result stands on; zero for one that is
// not known, which the contract's check then says.
func standsOn(ctx context.Context, gw gateway.Client, base string) slipway.StackImage {
	named, err := reference.ParseNormalizedNamed(base)
	if err != nil {
		return slipway.StackImage{}
	}
	name := reference.TagNameOnly(named).String()
	_, digest, _, err := gw.ResolveImageConfig(ctx, name, sourceresolver.Opt{ImageOpt: &sourceresolver.ResolveImageOpt{}})
	if err != nil {
		return slipway.StackImage{}
	}
	return slipway.StackImage{Name: reference.TrimNamed(named).String() + tagOf(named), Digest: digest.String()}
}

// tagOf is ":TAG", also of a name that has a digest, or "".
func tagOf(named reference.Named) string {
	if tagged, ok := named.(reference.Tagged); ok {
		return ":" + tagged.Tag()
	}
	if _, pinned := named.(reference.Digested); pinned {
		return ""
	}
	return ":latest"
}

// dockerfileFiles are what the frontend may ask for: the context and the one
// file, from memory.
func (r Request) dockerfileFiles() map[string]fsutil.FS {
	file := staticfs.NewFS()
	add := func(name string, content []byte) {
		file.Add(name, &types.Stat{Mode: uint32(fs.FileMode(0o644))}, content)
	}
	add(compile.DockerfilePath, r.Dockerfile.Content)
	if r.Dockerfile.Ignore != nil {
		add(compile.DockerfilePath+".dockerignore", r.Dockerfile.Ignore)
	}
	return map[string]fsutil.FS{
		compile.ContextName:    below(r.Files, r.Plan.Dockerfile.Context),
		compile.DockerfileName: file,
	}
}
