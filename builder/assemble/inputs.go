package assemble

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// fetcher gets what images are made from, with the machine's own clients and
// from the package registries of its settings.
type fetcher struct {
	settings   slipway.Settings
	log        *serialLog
	mmdebstrap string
	goCommand  string
	scratch    string // a directory for what is large or private
	public     string // a directory for what apt's own user reads; its path can be walked by all
}

// input is a directory that is being fetched.
type input struct {
	done chan struct{}
	dir  string
	err  error
}

// inputs are the fetches that run beside the making of images.
type inputs struct {
	ctx       context.Context //nolint:containedctx // of the fetches; its cause is the first failure
	cancel    context.CancelCauseFunc
	running   sync.WaitGroup
	remove    []string
	bases     map[string]*input // by suite
	clients   map[string]*input // by suite; of those whose images need downloads
	tools     map[string]*input // by version
	packages  map[buildpacks.Target]*input
	downloads map[buildpacks.Target]*input
}

// fetch begins to get what the jobs need and the cache lacks.
func (a *Assembler) fetch(ctx context.Context, log *serialLog, jobs []job) (*inputs, error) {
	if err := os.MkdirAll(a.Cache, 0o700); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the cache %s cannot be written", a.Cache).Because(err)
	}
	if err := removeLeftovers(a.Cache); err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the cache %s cannot be tidied", a.Cache).Because(err)
	}
	scratch, err := os.MkdirTemp(a.Cache, "fetch-*")
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the cache %s cannot be written", a.Cache).Because(err)
	}
	public, err := publicDir()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(scratch))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	in := &inputs{
		ctx: ctx, cancel: cancel, remove: []string{scratch, public}, bases: map[string]*input{}, clients: map[string]*input{}, tools: map[string]*input{},
		packages: map[buildpacks.Target]*input{}, downloads: map[buildpacks.Target]*input{},
	}
	f := fetcher{
		settings: a.Settings, log: log, scratch: scratch, public: public,
		mmdebstrap: fallback(a.Mmdebstrap, "mmdebstrap"), goCommand: fallback(a.Go, "go"),
	}
	c := cache{dir: a.Cache, refresh: a.Refresh, log: log}
	todo := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool { return j.found != nil })
	for _, j := range todo {
		in.begin(ctx, f, c, j)
	}
	in.beginPackages(ctx, f, c, todo)
	return in, nil
}

// removeLeftovers removes what a Make that was killed has left half done.
func removeLeftovers(dir string) error {
	var errs []error
	for _, pattern := range []string{"fetch-*", "new-*"} {
		left, err := filepath.Glob(filepath.Join(dir, pattern))
		errs = append(errs, err)
		for _, path := range left {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
}

// publicDir makes a directory that others can walk but not list. Without
// root, apt runs as a user of a namespace, to which a home directory may be
// closed; with root, as its own user.
func publicDir() (string, error) {
	dir, err := os.MkdirTemp("", "slipway-apt-*")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711) //nolint:gosec // nothing secret in it is readable
}

func fallback(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// begin starts what needs nothing else: bases, toolchains and downloads.
func (in *inputs) begin(ctx context.Context, f fetcher, c cache, j job) {
	suite, version := j.target.Suite, j.target.Version
	if in.bases[suite] == nil && (j.recipe.Input == buildpacks.InputBase || len(j.packages) > 0 || len(j.downloads) > 0) {
		in.bases[suite] = in.start(func() (string, error) {
			return c.get(ctx, "debian-"+suite, "debian "+suite, func(dir string) error { return f.fetchBase(ctx, suite, dir) })
		})
	}
	if j.recipe.Input == buildpacks.InputToolchain && in.tools[version] == nil {
		in.tools[version] = in.start(func() (string, error) {
			return c.get(ctx, "go-"+version, "go "+version, func(dir string) error { return f.fetchGo(ctx, version, dir) })
		})
	}
	if len(j.downloads) > 0 {
		in.beginDownloads(ctx, f, c, j)
	}
}

// beginDownloads starts a job's downloads, and before them, where no setting
// says where the registries are, the clients that know it.
func (in *inputs) beginDownloads(ctx context.Context, f fetcher, c cache, j job) {
	suite := j.target.Suite
	if in.clients[suite] == nil && !complete(f.settings) {
		base := in.bases[suite]
		in.clients[suite] = in.start(func() (string, error) {
			baseDir, err := base.wait()
			if err != nil {
				return "", err
			}
			return c.get(ctx, clientsName(suite), "addresses of the registries", func(dir string) error { return f.fetchClients(ctx, suite, baseDir, dir) })
		})
	}
	clients := in.clients[suite]
	in.downloads[j.target] = in.start(func() (string, error) {
		return c.get(ctx, downloadsName(j), "downloads of "+j.name(), func(dir string) error {
			if clients == nil {
				return f.fetchDownloads(ctx, j, "", dir)
			}
			known, err := clients.wait()
			if err != nil {
				return err
			}
			return f.fetchDownloads(ctx, j, known, dir)
		})
	})
}

// beginPackages starts what is resolved against a base, one after another:
// they share apt's lists, and an image needs no package that one which it
// starts from has.
func (in *inputs) beginPackages(ctx context.Context, f fetcher, c cache, todo []job) {
	before := maps.Clone(in.clients) // by suite
	for _, j := range todo {
		if len(j.packages) == 0 {
			continue
		}
		base, previous := in.bases[j.target.Suite], before[j.target.Suite]
		next := in.start(func() (string, error) {
			if previous != nil {
				<-previous.done
			}
			baseDir, err := base.wait()
			if err != nil {
				return "", err
			}
			return c.get(ctx, packagesName(j), "packages of "+j.name(), func(dir string) error {
				return f.fetchPackages(ctx, j, baseDir, c.packagesOf(j.parents), dir)
			})
		})
		before[j.target.Suite], in.packages[j.target] = next, next
	}
}

func (in *inputs) start(get func() (string, error)) *input {
	i := &input{done: make(chan struct{})}
	in.running.Go(func() {
		defer close(i.done)
		if i.dir, i.err = get(); i.err != nil {
			in.cancel(i.err)
		}
	})
	return i
}

func (i *input) wait() (string, error) {
	<-i.done
	return i.dir, i.err
}

// first gives the failure that ended the others rather than one of theirs.
func (in *inputs) first(err error) error {
	if cause := context.Cause(in.ctx); cause != nil {
		return cause
	}
	return err
}

// stop ends what still runs and removes its files.
func (in *inputs) stop() {
	in.cancel(context.Canceled)
	in.running.Wait()
	for _, dir := range in.remove {
		_ = os.RemoveAll(dir)
	}
}

// contexts gives the build contexts of a job's Dockerfile, once they are
// there: "context", and "packages" and "downloads" where the recipe has some.
func (in *inputs) contexts(j job) (map[string]string, error) {
	contexts := map[string]string{}
	for name, i := range map[string]*input{
		"context": map[string]*input{
			buildpacks.InputBase: in.bases[j.target.Suite], buildpacks.InputToolchain: in.tools[j.target.Version],
		}[j.recipe.Input],
		"packages":  in.packages[j.target],
		"downloads": in.downloads[j.target],
	} {
		if i == nil {
			continue
		}
		dir, err := i.wait()
		if err != nil {
			return nil, in.first(err)
		}
		contexts[name] = dir
	}
	return contexts, nil
}
