package rust

import (
	"path"
	"slices"
	"strings"
)

// crossed tells whether Cargo is told the target, because the repository
// names another, or because only then its flags are not those of build
// scripts, too.
func (p *planner) crossed() bool {
	return p.static || p.config.target != "" && p.config.target != gnu
}

// cargo is the command that builds in the steps without a network.
func (p *planner) cargo(more ...string) []string {
	args := []string{"cargo"}
	if p.downloads() {
		args = append(args, "--config", path.Join(cargoHome, "config.toml"))
	}
	if p.static && p.target() == gnu {
		args = append(args, "--config", "target."+gnu+`.rustflags=["-Ctarget-feature=+crt-static"]`)
	}
	args = append(args, "build", "--release", "--offline")
	if p.lock.there || p.downloads() {
		args = append(args, "--locked")
	}
	args = append(args, more...)
	if p.crossed() {
		args = append(args, "--target", p.target())
	}
	if k := p.main.pkg; k != nil {
		args = append(args, "--package", p.spec(k))
		if features := slices.Concat(p.Declared.Features, p.main.required); len(features) > 0 {
			slices.Sort(features)
			args = append(args, "--features", strings.Join(slices.Compact(features), ","))
		}
	}
	return args
}

// spec names a package of the tree for Cargo, by its place when a crate from
// elsewhere has the same name.
func (p *planner) spec(k *pkg) string {
	if slices.ContainsFunc(p.lock.Package, func(c crate) bool { return c.Name == k.name && c.Source != "" }) {
		return "path+file://" + inStep(k.dir)
	}
	return k.name
}

// program is the name of the program in the image.
func (p *planner) program() string {
	if p.custom() {
		return p.name()
	}
	return p.main.name
}
