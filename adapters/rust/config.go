package rust

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// gnu is the target that the stack's toolchain compiles for.
const gnu = "x86_64-unknown-linux-gnu"

// config is what the repository's own Cargo configuration says.
type config struct {
	files    []string // in the tree
	vendored bool     // dependencies are files of the tree
	dir      string   // where they are
	target   string   // another target than the toolchain's own, "" none
	static   slipway.Evidence
	packages []string // Debian packages of the linkers that it names
	general  []string // flags of rustc for every target
	specific bool     // there are flags for the stack's target, which win
}

// configToml is a .cargo/config.toml.
type configToml struct {
	Build struct {
		Target any `toml:"target"` // a name or a list of them
		Flags  any `toml:"rustflags"`
	} `toml:"build"`
	Target map[string]struct {
		Linker any `toml:"linker"`
		Flags  any `toml:"rustflags"` // a string or a list
	} `toml:"target"`
	Source map[string]struct {
		ReplaceWith string `toml:"replace-with"`
		Directory   string `toml:"directory"`
	} `toml:"source"`
}

// readConfig reads the configuration that Cargo finds from the service's
// directory up to the root of the repository; the nearest wins.
func (p *planner) readConfig() error {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, name := range []string{".cargo/config", ".cargo/config.toml"} {
			file := path.Join(dir, name)
			data, ok, err := repo.Read(p.Tree, file)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			var c configToml
			if err := toml.Unmarshal(data, &c); err != nil {
				return brokenToml(file, err)
			}
			p.config.files = append(p.config.files, file)
			p.useConfig(dir, file, data, c)
			break
		}
		if dir == "." {
			return nil
		}
	}
}

func (p *planner) useConfig(dir, file string, data []byte, c configToml) {
	p.useVendored(dir, file, data, c)
	if name := first(c.Build.Target); name != "" && p.config.target == "" {
		p.config.target = name
		line := lineOf(data, "build", "target")
		if strings.HasSuffix(name, "-linux-musl") {
			p.config.static = slipway.Evidence{File: file, Line: line, Found: "target = " + name}
		} else if name != gnu {
			p.note(slipway.Evidence{File: file, Line: line, Found: "target = " + name, Means: "the program is built for " + gnu + " all the same"})
		}
	}
	flags := words(c.Build.Flags)
	p.config.general = append(p.config.general, flags...)
	own := p.target()
	for _, name := range slices.Sorted(maps.Keys(c.Target)) {
		t := c.Target[name]
		if name != own && !strings.HasPrefix(name, "cfg(") {
			continue
		}
		flags = append(flags, words(t.Flags)...)
		p.config.specific = p.config.specific || t.Flags != nil
		if linker, ok := t.Linker.(string); ok {
			p.config.packages = append(p.config.packages, linkerPackages(linker)...)
		}
	}
	for _, flag := range flags {
		if strings.Contains(flag, "+crt-static") {
			p.config.static = slipway.Evidence{File: file, Line: lineWith(data, "+crt-static"), Found: flag}
		}
		if _, name, ok := strings.Cut(flag, "-fuse-ld="); ok {
			p.config.packages = append(p.config.packages, linkerPackages(name)...)
		}
	}
	if names := p.config.packages; len(names) > 0 {
		p.note(slipway.Evidence{File: file, Found: "a linker of its own", Means: "Debian packages of the build: " + strings.Join(names, ", ")})
	}
}

// buildFlags are the flags that stop to count where there are any for the
// target, as items of a TOML list.
func (c config) buildFlags() string {
	if c.specific {
		return ""
	}
	var b strings.Builder
	for _, flag := range c.general {
		fmt.Fprintf(&b, "%q,", flag)
	}
	return b.String()
}

// useVendored finds dependencies that are files of the tree (`cargo vendor`).
func (p *planner) useVendored(dir, file string, data []byte, c configToml) {
	source := c.Source[c.Source["crates-io"].ReplaceWith]
	if source.Directory == "" || p.config.vendored {
		return
	}
	vendor, ok := within(dir, source.Directory)
	if !ok || !repo.IsDir(p.Tree, vendor) {
		return
	}
	p.config.vendored, p.config.dir = true, vendor
	p.note(slipway.Evidence{
		File: file, Line: lineOf(data, "source."+c.Source["crates-io"].ReplaceWith, "directory"), Found: "dependencies in " + repo.Quote(vendor),
		Means: "nothing is downloaded",
	})
}

// linkerPackages are the Debian packages of a linker that the stack lacks.
func linkerPackages(name string) []string {
	switch path.Base(name) {
	case "clang":
		return []string{"clang"}
	case "lld", "ld.lld":
		return []string{"lld"}
	case "mold":
		return []string{"mold"}
	case "musl-gcc", "x86_64-linux-musl-gcc":
		return []string{"musl-tools"}
	}
	return nil
}

// first gives a name, or the first of a list of names.
func first(value any) string {
	if all := words(value); len(all) > 0 {
		return all[0]
	}
	return ""
}

// words gives a string's words, or a list.
func words(value any) []string {
	switch v := value.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var all []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}
