package assemble

import (
	"context"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// Credentials are what the daemon pushes with at the registry of the images.
type Credentials struct {
	Host     string // as it stands in the images' names
	User     string
	Password string
}

// Assembler makes stack images on one BuildKit daemon. One Make at a time.
type Assembler struct {
	Address  string           // of the daemon: unix://…, tcp://…
	Registry Credentials      // of the registry that the images' names begin with
	Lock     *buildpacks.Lock // what is here already; what is made is recorded
	Cache    string           // directory for what is fetched; made when missing
	Settings slipway.Settings
	Log      slipway.Log

	// Has tells whether the registry still has an image; nil trusts the lock.
	Has func(ctx context.Context, image slipway.StackImage) (bool, error)
	// Refresh makes everything again from what the archives serve today.
	Refresh bool

	Go         string // the go command; "" is "go" on the PATH
	Mmdebstrap string // "" is "mmdebstrap" on the PATH
}

// Made is an image that is there when Make returns.
type Made struct {
	Recipe  string
	Version string // of the language; "" where the image has none
	Image   slipway.StackImage
	Reused  bool // found, not made
	Took    time.Duration
}

// job is one image that Make will see to.
type job struct {
	target      buildpacks.Target
	recipe      buildpacks.Recipe
	parents     []buildpacks.Target // in the order of recipe.From
	packages    []string
	downloads   []buildpacks.Download
	image       string
	fingerprint string
	found       *buildpacks.Locked // nil when it has to be made
}

// name is what the log calls the image.
func (j job) name() string {
	_, name, _ := strings.Cut(j.image, "/stacks/")
	return name
}

// Make sees that the images of the targets are there, and those they start
// from, in an order in which they can be made. An image is found, and not
// made, when the lock has it with the same recipe. Each image is recorded as
// soon as it is made, so an interrupted Make goes on where it stopped.
func (a *Assembler) Make(ctx context.Context, targets []buildpacks.Target) ([]Made, error) {
	recipes, err := buildpacks.AllRecipes()
	if err != nil {
		return nil, err
	}
	jobs, err := a.jobs(ctx, recipes, targets)
	if err != nil {
		return nil, err
	}
	log := &serialLog{to: a.Log}
	in, err := a.fetch(ctx, log, jobs)
	if err != nil {
		return nil, err
	}
	defer in.stop()
	d := daemon{address: a.Address, registry: a.Registry, recipes: recipes, log: log}
	made := make([]Made, 0, len(jobs))
	references := map[buildpacks.Target]string{} // of the images, pinned, for those that start from them
	for _, j := range jobs {
		m, err := a.make(ctx, d, in, j, references)
		if err != nil {
			return made, err
		}
		references[j.target] = m.Image.String()
		made = append(made, m)
	}
	return made, nil
}

func (a *Assembler) make(ctx context.Context, d daemon, in *inputs, j job, references map[buildpacks.Target]string) (Made, error) {
	m := Made{Recipe: j.recipe.Name, Version: j.target.Version, Image: slipway.StackImage{Name: j.image}}
	if j.found != nil {
		m.Image.Digest, m.Reused = j.found.Digest, true
		return m, nil
	}
	contexts, err := in.contexts(j)
	if err != nil {
		return m, err
	}
	start := time.Now()
	m.Image.Digest, err = d.build(ctx, j, contexts, references)
	if err != nil {
		return m, err
	}
	m.Took = time.Since(start)
	return m, a.Lock.Record(j.image, buildpacks.Locked{Digest: m.Image.Digest, Recipe: j.fingerprint})
}
