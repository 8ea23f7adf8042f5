package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// system is one way to build the service, with its own copy of the files.
type system struct {
	name  string
	dir   string
	image string // of a rival: its repository in the registry, tagged latest
	build func(ctx context.Context, cold bool) (time.Duration, error)
}

// slipwaySystem is what everything else is compared with.
func (l *lab) slipwaySystem(ctx context.Context, s service) (system, error) {
	dir, err := l.copyService(ctx, s, s.name+"-slipway")
	return system{name: "slipway build", dir: dir, build: func(ctx context.Context, cold bool) (time.Duration, error) {
		c := l.slipway("build", dir, "--service", s.image())
		if cold {
			c.args = append(c.args, "--force")
		}
		_, took, err := c.run(ctx)
		return took, err
	}}, err
}

// exporter is the same for all that go through the daemon: what Slipway asks
// for (builder/solve/target.go).
func exporter(name string) string {
	return "type=image,name=" + name + ",push=true,oci-mediatypes=true,compression=gzip,compression-level=1"
}

// buildctl is a call of BuildKit's own client against the running engine,
// with the recording proxy network, as Slipway uses it.
func (l *lab) buildctl(args ...string) command {
	return command{
		env:  []string{l.dockerConfig()},
		args: append([]string{l.tool("buildctl"), "--addr", l.up.BuildKit}, args...),
	}
}

// dockerConfig is the setting of the credentials that login wrote.
func (l *lab) dockerConfig() string { return "DOCKER_CONFIG=" + filepath.Join(l.work, "docker") }

func (l *lab) buildctlBuild(args ...string) command {
	common := []string{"build", "--progress", "plain", "--proxy-network", "--secret", "id=go.env,src=" + l.goEnv, "--secret", "id=slipway.go.env,src=" + l.goEnv}
	return l.buildctl(append(common, args...)...)
}

// login writes the credentials of the registry where its clients look, by the
// name that the engine knows and by its own address.
func (l *lab) login() error {
	auth := func(user, password string) map[string]string {
		return map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
	}
	b, err := json.Marshal(map[string]any{"auths": map[string]any{
		"slipway.internal": auth(l.up.User, l.up.Password), l.up.Registry: auth("slipway", l.up.RegistryPassword),
	}})
	if err != nil {
		return err
	}
	dir := filepath.Join(l.work, "docker")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "config.json"), b, 0o600)
}

// dockerfileSystem is an expert's Dockerfile through the same daemon.
func (l *lab) dockerfileSystem(ctx context.Context, s service) (system, error) {
	return l.dockerfile(ctx, s, "Dockerfile", "Dockerfile", s.image()+"-dockerfile")
}

// seededSystem is the same with the compiler's cache seeded as Slipway's is,
// for languages whose build image has such a seed.
func (l *lab) seededSystem(ctx context.Context, s service) (seeded []system, err error) {
	if _, err := os.Stat(filepath.Join(l.rival(s), "Dockerfile.seed")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	x, err := l.dockerfile(ctx, s, "Dockerfile + seed", "Dockerfile.seed", s.image()+"-dockerfile-seed")
	return []system{x}, err
}

func (l *lab) dockerfile(ctx context.Context, s service, name, file, image string) (system, error) {
	dir, err := l.copyService(ctx, s, repository(image))
	if err == nil {
		// BuildKit reads it from the context under the Dockerfile's name too, but
		// developers have it in the context.
		err = copyFile(filepath.Join(l.rival(s), "Dockerfile.dockerignore"), filepath.Join(dir, ".dockerignore"))
	}
	args := l.dockerfileArgs(s, dir, file, exporter("slipway.internal/"+image+":latest"))
	return system{name: name, dir: dir, image: image, build: func(ctx context.Context, cold bool) (time.Duration, error) {
		c := l.buildctlBuild(args...)
		if cold {
			c.args = append(c.args, "--no-cache")
		}
		_, took, err := c.run(ctx)
		return took, err
	}}, err
}

func (l *lab) rival(s service) string { return filepath.Join(l.root, "bench", "rivals", s.name) }

// dockerfileArgs are what buildctl needs to build one of the Dockerfiles.
func (l *lab) dockerfileArgs(s service, dir, file, output string) []string {
	args := []string{
		"--frontend", "dockerfile.v0", "--opt", "filename=" + file, "--local", "context=" + dir, "--local", "dockerfile=" + l.rival(s),
		"--output", output,
	}
	for name, value := range map[string]string{
		"BUILD_IMAGE": s.stack.Build.String(), "RUN_IMAGE": s.stack.Run.String(),
		"RUN_NAME": s.stack.Run.Name, "RUN_DIGEST": s.stack.Run.Digest,
		"REVISION": "0123456789abcdef0123456789abcdef01234567", "VERSION": "main", "CREATED": "2026-01-01T00:00:00Z",
	} {
		args = append(args, "--opt", "build-arg:"+name+"="+value)
	}
	return args
}

// koSystem compiles on the host with ko, onto the same run image.
func (l *lab) koSystem(ctx context.Context, s service) (system, error) {
	dir, err := l.copyService(ctx, s, s.name+"-ko")
	if err == nil {
		err = copyFile(filepath.Join(l.root, "bench", "rivals", "ko", "ko.yaml"), filepath.Join(dir, ".ko.yaml"))
	}
	round := 0
	return system{name: "ko", dir: dir, image: s.image() + "-ko", build: func(ctx context.Context, cold bool) (time.Duration, error) {
		if cold {
			round++ // new, empty caches; the old ones go with the work directory
		}
		caches := filepath.Join(l.work, fmt.Sprintf("ko-caches-%d", round))
		base := fmt.Sprintf("%s/stacks/%s@%s", l.up.Registry, repository(s.stack.Run.Name), s.stack.Run.Digest)
		_, took, err := command{
			dir:  dir,
			args: []string{l.tool("ko"), "build", ".", "--bare", "--sbom=none", "--platform=linux/amd64", "--tags=latest"},
			env: []string{
				l.dockerConfig(), "KO_DOCKER_REPO=" + l.up.Registry + "/" + s.image() + "-ko", "KO_DEFAULTBASEIMAGE=" + base,
				"GOCACHE=" + filepath.Join(caches, "build"), "GOMODCACHE=" + filepath.Join(caches, "mod"),
				"GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off",
			},
		}.run(ctx)
		return took, err
	}}, err
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}
