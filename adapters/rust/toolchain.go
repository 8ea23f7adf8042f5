package rust

import (
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/slipway-ci/slipway"
)

// toolchainDir is where the toolchain step leaves the release that it brings.
// For the other steps the release is in the path: Cargo takes compilers of one
// place and age for the same.
const toolchainDir = "/toolchain"

// musl is the target of static programs that a fetched toolchain has, too.
const musl = "x86_64-unknown-linux-musl"

// Releases with which the steps know how to deal.
const (
	oldest    = "1.68" // Cargo reads the index over HTTP
	sparse    = "1.70" // by itself
	goesOn    = "1.74" // --keep-going
	stackPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// findToolchain has the steps fetch the release that the repository asks for,
// where no stack has it: as written, or what rust-version says is the least.
// What is no release, or one older than the steps can deal with, is left to
// the catalogue, which says what there is.
func (p *planner) findToolchain() error {
	release := strings.TrimPrefix(p.version.Want, ">=")
	if !p.Fetch || !number.MatchString(release) || older(release, oldest) {
		return nil
	}
	said := &p.evidence[len(p.evidence)-1] // of the version
	short := strings.Count(release, ".") == 1
	if short && release != p.version.Want {
		release, short = release+".0", false
	}
	said.Means = "built with Rust " + release
	if p.module == nil {
		said.Means += ", which no stack has"
	}
	said.Means += ": a step fetches it from where rustup finds it, and compares its checksums"
	if short {
		said.Means += "; the newest " + release + " may be another one tomorrow, so the service is built again after seven days"
		said.Knob = `version: "` + release + `.0", a whole release`
	}
	p.version.Value, p.version.Fetched = release, true
	return nil
}

// findModuleToolchain does the same for a module of another language, for a
// whole release that is named: the Rust of that language's build image is what
// its Debian has, whichever that is.
func (p *planner) findModuleToolchain() error {
	p.Fetch = number.MatchString(p.version.Want) && strings.Count(p.version.Want, ".") == 2 && p.config.target != musl
	return p.findToolchain()
}

// moves tells whether the release that is fetched may be another one tomorrow.
func (p *planner) moves() bool {
	return p.version.Fetched && strings.Count(p.version.Value, ".") == 1
}

// before tells whether the steps run a toolchain of their own that is older
// than a release.
func (p *planner) before(release string) bool {
	return p.version.Fetched && semver.Compare("v"+p.version.Value, "v"+release) < 0
}

// target is what Cargo compiles for. (Whoever asks for a plan that fetches a
// release gets one, or the catalogue's error.)
func (p *planner) target() string {
	if p.Fetch && p.config.target == musl {
		return musl
	}
	return gnu
}

// forTarget makes the fetch step's script one for another target. Build
// scripts and macros are of the host all the same.
func (p *planner) forTarget(script string) string {
	if p.target() == gnu {
		return script
	}
	script = strings.ReplaceAll(script, gnu, p.target())
	return strings.Replace(script, "--target "+p.target(), "--target "+gnu+" --target "+p.target(), 1)
}

// goingOn has Cargo compile what it can, where it knows how.
func (p *planner) goingOn() []string {
	if p.before(goesOn) {
		return nil
	}
	return []string{"--keep-going"}
}

// withToolchain gives the steps the release that the first one fetches.
func (p *planner) withToolchain(plan slipway.Plan) slipway.Plan {
	if !p.version.Fetched {
		return plan
	}
	home := path.Join(toolchainDir, p.version.Value)
	plan.Unlocked = plan.Unlocked || p.moves()
	for i, s := range plan.Steps {
		s.Env = maps.Clone(s.Env)
		s.Env["PATH"] = path.Join(home, "bin") + ":" + stackPath
		if p.before(sparse) {
			s.Env["CARGO_REGISTRIES_CRATES_IO_PROTOCOL"] = "sparse"
		}
		s.Mounts = append(slices.Clone(s.Mounts), slipway.Mount{Target: home, ReadOnly: true, From: &slipway.Output{Step: stepToolchain, Mount: toolchainDir}})
		plan.Steps[i] = s
	}
	plan.Steps = slices.Insert(plan.Steps, 0, p.toolchainStep())
	return plan
}

// toolchainStep sees nothing of the repository: it is the same for every
// service that asks for the release.
func (p *planner) toolchainStep() slipway.Step {
	args := []string{p.version.Value, gnu}
	if p.target() != gnu {
		args = append(args, p.target())
	}
	return slipway.Step{
		Name:    stepToolchain,
		Args:    append([]string{"/bin/sh", "-euc", plain(toolchain), stepToolchain}, args...),
		Dir:     "/",
		Network: slipway.NetworkPackages,
		Mounts:  []slipway.Mount{{Target: toolchainDir, Output: true}},
	}
}
