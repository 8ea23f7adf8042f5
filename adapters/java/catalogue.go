package java

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const catalogueFile = "gradle/libs.versions.toml"

// catalogue is a version catalogue of Gradle (Gradle's own documentation,
// "Version Catalogs"): names under which build scripts ask for coordinates.
type catalogue struct {
	Versions  map[string]any      `toml:"versions"`
	Libraries map[string]any      `toml:"libraries"`
	Bundles   map[string][]string `toml:"bundles"`
	Plugins   map[string]any      `toml:"plugins"`
}

// catalogue reads the one of a build; it is empty where there is none.
func (p *planner) catalogue(root string) (catalogue, error) {
	var c catalogue
	file := path.Join(root, catalogueFile)
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return c, err
	}
	if err := toml.Unmarshal(data, &c); err != nil {
		return c, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read: %s", repo.Quote(file), strings.TrimPrefix(err.Error(), "toml: ")).
			WithHint("mend the file; Gradle would refuse it too").WithClass(slipway.ClassCode)
	}
	return c, nil
}

var (
	accessor        = regexp.MustCompile(`\blibs((?:\.[A-Za-z_]\w*)+)`)
	versionAccessor = regexp.MustCompile(`\blibs\.versions((?:\.[A-Za-z_]\w*?)+?)(?:\.asProvider\(\))?\.get\(\)(?:\.(?:toInteger|toInt)\(\))?`)
)

// refs are the coordinates and plugins that a script asks for by name.
func (c catalogue) refs(script string) []string {
	var refs []string
	for _, m := range accessor.FindAllStringSubmatch(script, -1) {
		refs = append(refs, c.named(strings.TrimPrefix(m[1], "."))...)
	}
	return refs
}

// all are the coordinates and plugins that it has.
func (c catalogue) all() []string {
	var refs []string
	for _, alias := range slices.Sorted(maps.Keys(c.Libraries)) {
		refs = append(refs, coordinates(c.Libraries[alias]))
	}
	for _, alias := range slices.Sorted(maps.Keys(c.Plugins)) {
		refs = append(refs, pluginID(c.Plugins[alias]))
	}
	return refs
}

func (c catalogue) named(name string) []string {
	if bundle, ok := strings.CutPrefix(name, "bundles."); ok {
		var refs []string
		for _, alias := range slices.Sorted(maps.Keys(c.Bundles)) {
			if dotted(alias) != bundle {
				continue
			}
			for _, library := range c.Bundles[alias] {
				refs = append(refs, find(c.Libraries, dotted(library), coordinates)...)
			}
		}
		return refs
	}
	if plugin, ok := strings.CutPrefix(name, "plugins."); ok {
		return find(c.Plugins, plugin, pluginID)
	}
	return find(c.Libraries, name, coordinates)
}

// find reads the entry of an alias.
func find(table map[string]any, name string, read func(any) string) []string {
	for _, alias := range slices.Sorted(maps.Keys(table)) {
		if dotted(alias) == name {
			return []string{read(table[alias])}
		}
	}
	return nil
}

// dotted is an alias as scripts write it.
func dotted(alias string) string { return strings.NewReplacer("-", ".", "_", ".").Replace(alias) }

// coordinates reads "g:a:v", {module = "g:a"} and {group = "g", name = "a"}.
func coordinates(entry any) string {
	if text, ok := entry.(string); ok {
		parts := strings.SplitN(text, ":", 3)
		return strings.Join(parts[:min(2, len(parts))], ":")
	}
	if module := field(entry, "module"); module != "" {
		return module
	}
	return field(entry, "group") + ":" + field(entry, "name")
}

// pluginID reads "id:version" and {id = "id"}.
func pluginID(entry any) string {
	if text, ok := entry.(string); ok {
		id, _, _ := strings.Cut(text, ":")
		return id
	}
	return field(entry, "id")
}

func field(entry any, key string) string {
	table, _ := entry.(map[string]any)
	text, _ := table[key].(string)
	return text
}

// spelled puts the versions of the catalogue where a script asks for them, so
// that the release of Java in it is found.
func (c catalogue) spelled(script string) string {
	return versionAccessor.ReplaceAllStringFunc(script, func(text string) string {
		name := strings.TrimPrefix(versionAccessor.FindStringSubmatch(text)[1], ".")
		for _, alias := range slices.Sorted(maps.Keys(c.Versions)) {
			if version, ok := c.Versions[alias].(string); ok && dotted(alias) == name {
				return version
			}
		}
		return text
	})
}

// floats tells whether a version of the catalogue may be another one tomorrow.
func (c catalogue) floats() bool {
	for _, v := range c.Versions {
		if text, _ := v.(string); strings.HasSuffix(text, "+") || strings.HasSuffix(text, "-SNAPSHOT") || strings.HasPrefix(text, "latest.") || strings.HasPrefix(text, "[") {
			return true
		}
	}
	return false
}
