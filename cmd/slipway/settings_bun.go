package main

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

// bunFile is what of a bunfig.toml decides where packages come from (bun,
// "bunfig.toml", install). A registry is an address or a table.
type bunFile struct {
	Install struct {
		Registry any            `toml:"registry"`
		Scopes   map[string]any `toml:"scopes"`
	} `toml:"install"`
}

// bunValues are the settings of bun on this machine, in npm's words.
func (a *app) bunValues() (map[string]string, error) {
	values := map[string]string{}
	var files []string
	if home := a.getenv("HOME"); home != "" {
		files = append(files, filepath.Join(home, ".bunfig.toml"))
	}
	if dir := a.getenv("XDG_CONFIG_HOME"); dir != "" {
		files = append(files, filepath.Join(dir, ".bunfig.toml"))
	}
	for _, file := range files {
		b, err := optional(file)
		if err != nil {
			return nil, err
		}
		if err := parseBunfig(b, a.env, values); err != nil {
			return nil, slipway.Errorf(slipway.CodeUsage, "bun's settings %s cannot be read", file).Because(err)
		}
	}
	if v := a.getenv("BUN_CONFIG_REGISTRY"); v != "" {
		values["registry"] = v
	}
	if v := a.getenv("BUN_CONFIG_TOKEN"); v != "" {
		if prefix := npmPrefix(values["registry"]); prefix != "" {
			values[prefix+":_authToken"] = v
		}
	}
	return values, nil
}

// parseBunfig adds the registries of a bunfig.toml and their credentials.
func parseBunfig(b []byte, env func(string) (string, bool), values map[string]string) error {
	var f bunFile
	if err := toml.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("not TOML: %w", err)
	}
	bunRegistry(f.Install.Registry, "registry", env, values)
	for scope, r := range f.Install.Scopes {
		if oneWord(scope) {
			bunRegistry(r, "@"+strings.TrimPrefix(scope, "@")+":registry", env, values)
		}
	}
	return nil
}

// bunRegistry adds one registry under its name.
func bunRegistry(r any, name string, env func(string) (string, bool), values map[string]string) {
	table, ok := r.(map[string]any)
	if !ok {
		table = map[string]any{"url": r}
	}
	text := func(key string) string {
		s, _ := table[key].(string)
		if rest, ok := strings.CutPrefix(s, "$"); ok { // bun takes $NAME and ${NAME}
			s, _ = env(strings.Trim(rest, "{}"))
		}
		if strings.ContainsAny(s, "\r\n\x00") {
			return ""
		}
		return s
	}
	url := text("url")
	prefix := npmPrefix(url)
	if prefix == "" {
		return
	}
	values[name] = url
	if token := text("token"); token != "" {
		values[prefix+":_authToken"] = token
	}
	if user, password := text("username"), text("password"); user != "" && password != "" {
		values[prefix+":_auth"] = base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	}
}
