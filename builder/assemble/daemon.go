package assemble

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/docker/cli/cli/config/types"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// daemon is the BuildKit daemon that images are made on.
type daemon struct {
	address  string
	registry Credentials
	recipes  buildpacks.Recipes
	log      *serialLog
}

// build makes and pushes one image and gives its digest. from are the pinned
// references of the images it starts from, by recipe.
func (d daemon) build(ctx context.Context, j job, contexts, from map[string]string) (string, error) {
	c, err := client.New(ctx, d.address)
	if err != nil {
		return "", d.unreachable(err)
	}
	defer c.Close() //nolint:errcheck // nothing is pending
	if _, err := c.Info(ctx); err != nil {
		return "", d.unreachable(err)
	}
	files, err := os.MkdirTemp("", "slipway-recipes-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(files) //nolint:errcheck // a temporary copy
	if err := os.CopyFS(files, d.recipes.Files); err != nil {
		return "", err
	}
	opt, err := d.options(j, files, contexts, from)
	if err != nil {
		return "", err
	}
	var digest string
	err = d.log.step(stepName(j), func() error {
		digest, err = d.solve(ctx, c, stepName(j), opt)
		return err
	})
	return digest, err
}

// options hands the recipe to BuildKit's Dockerfile frontend. No step gets a
// network: everything it needs is in a context.
func (d daemon) options(j job, files string, contexts, from map[string]string) (client.SolveOpt, error) {
	attrs := map[string]string{
		"platform":                    "linux/amd64",
		"force-network-mode":          "none",
		"build-arg:SOURCE_DATE_EPOCH": strconv.Itoa(epoch),
		"build-arg:VERSION":           j.target.Version,
		"context:recipes":             "local:recipes",
	}
	dirs := map[string]string{"dockerfile": files + "/" + j.recipe.Name, "recipes": files, "context": files}
	for name, dir := range contexts {
		dirs[name] = dir
		if name != "context" {
			attrs["context:"+name] = "local:" + name
		}
	}
	for recipe, image := range from {
		attrs["build-arg:"+argument(recipe)] = image
	}
	mounts := map[string]fsutil.FS{}
	for name, dir := range dirs {
		tree, err := fsutil.NewFS(dir)
		if err != nil {
			return client.SolveOpt{}, err
		}
		mounts[name] = tree
	}
	return client.SolveOpt{
		Frontend: "dockerfile.v0", FrontendAttrs: attrs, LocalMounts: mounts,
		Session: []session.Attachable{authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: d.credentials})},
		Exports: []client.ExportEntry{{Type: client.ExporterImage, Attrs: map[string]string{
			"name": j.image, "push": "true", "oci-mediatypes": "true",
			"compression": "gzip", "compression-level": "1",
			"rewrite-timestamp": "true", // what a step wrote has its time otherwise
		}}},
	}, nil
}

func (d daemon) credentials(_ context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
	if host != d.registry.Host {
		return types.AuthConfig{ServerAddress: host}, nil
	}
	return types.AuthConfig{ServerAddress: host, Username: d.registry.User, Password: d.registry.Password}, nil
}

func (d daemon) solve(ctx context.Context, c *client.Client, step string, opt client.SolveOpt) (string, error) {
	statuses := make(chan *client.SolveStatus)
	group, solving := errgroup.WithContext(ctx)
	var tail []string
	group.Go(func() error {
		tail = d.follow(step, statuses)
		return nil
	})
	var response *client.SolveResponse
	group.Go(func() error {
		var err error
		response, err = c.Solve(solving, nil, opt, statuses)
		return err
	})
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", slipway.Errorf(slipway.CodeUnavailable, "the stack image of %s cannot be made", step).
			WithClass(slipway.ClassPlatform).WithDetails(tail...).Because(err)
	}
	digest := response.ExporterResponse[exptypes.ExporterImageDigestKey]
	if digest == "" {
		return "", fmt.Errorf("the daemon gave no digest for %s", step)
	}
	return digest, nil
}

// follow logs what the daemon reports until the solve ends, and gives the
// last lines that steps wrote.
func (d daemon) follow(step string, statuses <-chan *client.SolveStatus) []string {
	var tail []string
	for status := range statuses {
		for _, v := range status.Vertexes {
			if took := duration(v); took != "" {
				d.log.line(step, v.Name+" "+took)
			}
		}
		for _, l := range status.Logs {
			for line := range strings.Lines(string(l.Data)) {
				line = strings.TrimRight(line, "\r\n")
				line = line[strings.LastIndexByte(line, '\r')+1:] // a progress bar's last state
				d.log.line(step, line)
				tail = append(tail, line)
				tail = tail[max(0, len(tail)-20):]
			}
		}
	}
	return tail
}

// duration says how long a vertex took, "" while it runs and for one that was
// no work.
func duration(v *client.Vertex) string {
	const work = 100 * time.Millisecond
	if v.Started == nil || v.Completed == nil || v.Cached {
		return ""
	}
	took := v.Completed.Sub(*v.Started)
	if took < work {
		return ""
	}
	return "(" + took.Round(work).String() + ")"
}

func (d daemon) unreachable(err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the BuildKit daemon at %s does not answer", d.address).
		WithClass(slipway.ClassPlatform).Because(err)
}

// argument is the build argument that a recipe's image is given by.
func argument(recipe string) string { return strings.ToUpper(strings.ReplaceAll(recipe, "-", "_")) }

func stepName(j job) string { return "stack " + j.name() }
