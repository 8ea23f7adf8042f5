package repo

import (
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

// miseFiles are where mise keeps the tools of a directory (mise's
// documentation, "Configuration").
func miseFiles() []string {
	return []string{"mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml"}
}

// MiseVersion gives the version that mise's own file in a directory names for
// a tool that has one of some names. Evidence has File, Line and Found. Words
// that mean "whatever there is" (latest, system), and versions that are no
// numbers (ref:, path:), are not found. A file that is no TOML is CodeInvalid.
func MiseVersion(s Service, dir string, names ...string) (version string, evidence slipway.Evidence, found bool, err error) {
	for _, name := range miseFiles() {
		file := path.Join(dir, name)
		data, ok, err := Read(s.Tree, file)
		if err != nil {
			return "", slipway.Evidence{}, false, err
		}
		if !ok {
			continue
		}
		tools, err := miseTools(data)
		if err != nil {
			return "", slipway.Evidence{}, false, slipway.Errorf(slipway.CodeInvalid, "%s cannot be read as TOML", Quote(file)).
				WithHint("`mise config ls` says where it is wrong").WithClass(slipway.ClassCode).Because(err)
		}
		for _, tool := range names {
			if v := tools[tool]; v != "" {
				return v, slipway.Evidence{File: file, Line: lineOfTool(string(data), tool), Found: "the version " + v}, true, nil
			}
		}
	}
	return "", slipway.Evidence{}, false, nil
}

// miseTools are the versions of a file's tools: a text, the first of a list,
// or the version of a table.
func miseTools(data []byte) (map[string]string, error) {
	var file struct {
		Tools map[string]any `toml:"tools"`
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for tool, value := range file.Tools {
		versions[tool] = miseVersion(value)
	}
	return versions, nil
}

func miseVersion(value any) string {
	switch v := value.(type) {
	case string:
		v = strings.TrimPrefix(v, "prefix:")
		if slices.Contains([]string{"latest", "system"}, v) || strings.Contains(v, ":") {
			return ""
		}
		return v
	case []any:
		if len(v) > 0 {
			return miseVersion(v[0])
		}
	case map[string]any:
		return miseVersion(v["version"])
	}
	return ""
}

// lineOfTool is the line of a key of the table of tools, 0 when it is not
// written the usual way.
func lineOfTool(text, tool string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		key, _, _ := strings.Cut(line, "=")
		if key = strings.Trim(strings.TrimSpace(key), `"'`); key == tool || strings.TrimSpace(line) == "[tools."+tool+"]" {
			return n
		}
	}
	return 0
}
