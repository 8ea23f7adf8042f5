package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

// cargoConfig is what of Cargo's settings decides where crates come from and
// whom to show which credentials (The Cargo Book, "Configuration"). Paths,
// credential helpers and whatever is of this machine alone are left behind.
type cargoConfig struct {
	Registry   struct{ Default string }    `toml:"registry"`
	Registries map[string]*cargoRegistry   `toml:"registries"`
	Source     map[string]cargoReplacement `toml:"source"`
}

type cargoRegistry struct {
	Index string `toml:"index"`
	Token string `toml:"token"`
}

type cargoReplacement struct {
	Registry    string `toml:"registry"`
	ReplaceWith string `toml:"replace-with"`
}

// cargoSettings reads Cargo's own files and variables.
func (a *app) cargoSettings() (toolSettings, error) {
	home := a.getenv("CARGO_HOME")
	if dir := a.getenv("HOME"); home == "" && dir != "" {
		home = filepath.Join(dir, ".cargo")
	}
	c := cargoConfig{Registries: map[string]*cargoRegistry{}}
	if home != "" {
		// Each file has an older name, which wins when both are there.
		for _, names := range [][]string{{"config", "config.toml"}, {"credentials", "credentials.toml"}} {
			if err := readCargoFile(home, names, &c); err != nil {
				return toolSettings{}, err
			}
		}
	}
	a.cargoVariables(&c)
	return c.settings()
}

func readCargoFile(home string, names []string, c *cargoConfig) error {
	for _, name := range names {
		path := filepath.Join(home, name)
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = c.add(b)
		}
		if err != nil {
			return slipway.Errorf(slipway.CodeUsage, "Cargo's settings %s cannot be read", path).Because(err)
		}
		return nil
	}
	return nil
}

// add lays what a file says over what is known.
func (c *cargoConfig) add(b []byte) error {
	var file cargoConfig
	if err := toml.Unmarshal(b, &file); err != nil {
		return err
	}
	c.Registry.Default = cmp.Or(file.Registry.Default, c.Registry.Default)
	for name, r := range file.Registries {
		if r != nil {
			c.set(name, r.Index, r.Token)
		}
	}
	if c.Source == nil {
		c.Source = map[string]cargoReplacement{}
	}
	maps.Copy(c.Source, file.Source)
	return nil
}

func (c *cargoConfig) set(name, index, token string) {
	old := c.Registries[name]
	if old == nil {
		old = &cargoRegistry{}
		c.Registries[name] = old
	}
	old.Index, old.Token = cmp.Or(index, old.Index), cmp.Or(token, old.Token)
}

// cargoVariables adds CARGO_REGISTRIES_NAME_INDEX and _TOKEN, which win. A
// name in a variable is in capitals, with _ for -.
func (a *app) cargoVariables(c *cargoConfig) {
	c.Registry.Default = cmp.Or(a.getenv("CARGO_REGISTRY_DEFAULT"), c.Registry.Default)
	names := slices.Collect(maps.Keys(c.Registries))
	for _, kv := range a.environment() {
		if middle, ok := strings.CutPrefix(kv, "CARGO_REGISTRIES_"); ok {
			if middle, _, ok = strings.Cut(middle, "_INDEX="); ok {
				lower := strings.ToLower(middle)
				names = append(names, lower, strings.ReplaceAll(lower, "_", "-"))
			}
		}
	}
	for _, name := range names {
		prefix := "CARGO_REGISTRIES_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if index, token := a.getenv(prefix+"_INDEX"), a.getenv(prefix+"_TOKEN"); index+token != "" {
			c.set(name, index, token)
		}
	}
}

// environment lists the variables as NAME=value.
func (a *app) environment() []string {
	if a.environ == nil {
		return nil
	}
	return a.environ()
}

// settings is the file of a build step: a key a line, so that the step can
// tell those without credentials. A token goes only with the address that
// this machine knows for its registry: a repository that names another one
// for the same registry does not get it.
func (c cargoConfig) settings() (toolSettings, error) {
	var b strings.Builder
	var found toolSettings
	line := func(key, value string) error {
		if value == "" {
			return nil
		}
		if u, err := url.Parse(strings.TrimPrefix(value, "sparse+")); err == nil && u.Hostname() != "" {
			if u.User != nil {
				return slipway.Errorf(slipway.CodeUsage, "the address of %s in Cargo's settings has credentials in it", key).
					WithHint("write the registry's token into credentials.toml: it is in no cache and no log")
			}
			found.hosts = append(found.hosts, u.Hostname())
		}
		fmt.Fprintf(&b, "%s = %s\n", key, tomlString(value))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Registries)) {
		r := c.Registries[name]
		if r.Index == "" {
			continue
		}
		key := "registries." + tomlString(name)
		if err := line(key+".index", r.Index); err != nil {
			return toolSettings{}, err
		}
		if r.Token != "" {
			fmt.Fprintf(&b, "%s.token = %s\n", key, tomlString(r.Token))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Source)) {
		s, key := c.Source[name], "source."+tomlString(name)
		if err := line(key+".registry", s.Registry); err != nil {
			return toolSettings{}, err
		}
		if c.reachable(s.ReplaceWith) {
			_ = line(key+".replace-with", s.ReplaceWith) // a name, no address
		}
	}
	if c.Registries[c.Registry.Default] != nil {
		fmt.Fprintf(&b, "registry.default = %s\n", tomlString(c.Registry.Default))
	}
	if b.Len() > 0 {
		found.file = []byte(b.String())
	}
	return found, nil
}

// reachable tells whether a name is of a registry, and not of a directory of
// this machine.
func (c cargoConfig) reachable(name string) bool {
	r := c.Registries[name]
	return c.Source[name].Registry != "" || r != nil && r.Index != ""
}

// tomlString quotes a basic string (TOML 1.0).
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
