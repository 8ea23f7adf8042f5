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
	parents     []job // in the order of recipe.From
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

// atOnce is how many images are made beside one another: while one is
// installed, another is compressed.
const atOnce = 2

// Make sees that the images of the targets are there, and those they start
// from. An image is found, and not made, when the lock has it with the same
// recipe. Each image is recorded as soon as it is made, so an interrupted Make
// goes on where it stopped. What it gives is in an order in which the images
// can be made.
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
	w := works{
		daemon: daemon{address: a.Address, registry: a.Registry, recipes: recipes, log: log},
		lock:   a.Lock, in: in, images: map[buildpacks.Target]*image{}, free: make(chan struct{}, atOnce),
	}
	return w.make(ctx, jobs)
}
