package main

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

// yarnFile is what of a .yarnrc.yml decides where packages come from (yarn,
// "Settings", of version 2 and later).
type yarnFile struct {
	yarnRegistry `yaml:",inline"`
	Scopes       map[string]yarnRegistry `yaml:"npmScopes"`
	Registries   map[string]yarnRegistry `yaml:"npmRegistries"`
}

type yarnRegistry struct {
	Server string `yaml:"npmRegistryServer"`
	Token  string `yaml:"npmAuthToken"`
	Ident  string `yaml:"npmAuthIdent"`
}

// yarnValues are the settings of yarn on this machine, in npm's words: those
// of yarn 1, over them those of its successors, the environment over both.
func (a *app) yarnValues() (map[string]string, error) {
	values := map[string]string{}
	home := a.getenv("HOME")
	if home == "" {
		return values, nil
	}
	old, err := optional(filepath.Join(home, ".yarnrc"))
	if err != nil {
		return nil, err
	}
	parseYarnrc(old, values)
	b, err := optional(filepath.Join(home, ".yarnrc.yml"))
	if err != nil {
		return nil, err
	}
	f, err := parseYarnrcYML(b, a.env)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "yarn's settings %s cannot be read", filepath.Join(home, ".yarnrc.yml")).Because(err)
	}
	if v := a.either("YARN_NPM_REGISTRY_SERVER", "YARN_REGISTRY"); v != "" {
		f.Server = v
	}
	if v := a.getenv("YARN_NPM_AUTH_TOKEN"); v != "" {
		f.Token = v
	}
	if v := a.getenv("YARN_NPM_AUTH_IDENT"); v != "" {
		f.Ident = v
	}
	f.values(values)
	return values, nil
}

// optional reads a file that need not be there.
func optional(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the settings %s cannot be read", path).Because(err)
	}
	return b, nil
}

var yarnrcLine = regexp.MustCompile(`(?m)^\s*"?((?:@[^\s":]+:)?registry)"?\s+"?([^\s"]+)"?\s*$`)

// parseYarnrc adds the registries of a .yarnrc of yarn 1, which has
// credentials of npm's file only.
func parseYarnrc(b []byte, values map[string]string) {
	for _, m := range yarnrcLine.FindAllSubmatch(b, -1) {
		values[string(m[1])] = string(m[2])
	}
}

var yarnVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}`)

// parseYarnrcYML reads a .yarnrc.yml; a variable that is not set is what
// stands behind its "-", else nothing.
func parseYarnrcYML(b []byte, env func(string) (string, bool)) (f yarnFile, err error) {
	if err := yaml.Unmarshal(b, &f); err != nil {
		return yarnFile{}, err
	}
	expand := func(r yarnRegistry) yarnRegistry {
		for _, text := range []*string{&r.Server, &r.Token, &r.Ident} {
			*text = yarnVariable.ReplaceAllStringFunc(*text, func(ref string) string {
				m := yarnVariable.FindStringSubmatch(ref)
				if v, ok := env(m[1]); ok {
					return v
				}
				return m[2]
			})
			if strings.ContainsAny(*text, "\r\n\x00") {
				*text = ""
			}
		}
		return r
	}
	f.yarnRegistry = expand(f.yarnRegistry)
	for _, all := range []map[string]yarnRegistry{f.Scopes, f.Registries} {
		for name, r := range all {
			all[name] = expand(r)
		}
	}
	return f, nil
}

// values says the same in npm's words.
func (f yarnFile) values(values map[string]string) {
	set := func(name, value string) {
		if value != "" {
			values[name] = value
		}
	}
	set("registry", f.Server)
	f.credentials(f.Server, values)
	for name, r := range f.Scopes {
		if oneWord(name) {
			set("@"+strings.TrimPrefix(name, "@")+":registry", r.Server)
		}
		r.credentials(r.Server, values)
	}
	for where, r := range f.Registries {
		r.credentials(where, values)
	}
}

// credentials adds those for a registry.
func (r yarnRegistry) credentials(where string, values map[string]string) {
	prefix := npmPrefix(where)
	if prefix == "" {
		return
	}
	if r.Token != "" {
		values[prefix+":_authToken"] = r.Token
	}
	if r.Ident != "" {
		ident := r.Ident
		if strings.Contains(ident, ":") { // else it is encoded already
			ident = base64.StdEncoding.EncodeToString([]byte(ident))
		}
		values[prefix+":_auth"] = ident
	}
}

// npmPrefix is how an .npmrc names a registry: "//HOST/PATH/", "" for what is
// no address.
func npmPrefix(where string) string {
	for _, scheme := range []string{"https:", "http:"} {
		where = strings.TrimPrefix(where, scheme)
	}
	rest, ok := strings.CutPrefix(where, "//")
	if rest = strings.TrimRight(rest, "/"); !ok || rest == "" || !oneWord(rest) {
		return ""
	}
	return "//" + rest + "/"
}

func oneWord(s string) bool { return s != "" && !strings.ContainsAny(s, " \t\r\n\x00=") }
