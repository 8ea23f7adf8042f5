package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// npmSettings are what npm and pnpm of this machine would use: the user's
// .npmrc and pnpm's own file over the machine's, the environment over both
// (npmrc(5), pnpm.io/npmrc). What yarn and bun are set to is added where npm
// is set to nothing, since builds give all of them the one file. Only
// registries and credentials are taken.
func (a *app) npmSettings() (toolSettings, error) {
	values := map[string]string{}
	for _, others := range []func() (map[string]string, error){a.bunValues, a.yarnValues} {
		found, err := others()
		if err != nil {
			return toolSettings{}, err
		}
		maps.Copy(values, found)
	}
	for _, file := range a.npmFiles() {
		b, err := os.ReadFile(file.path)
		if errors.Is(err, fs.ErrNotExist) && !file.named {
			continue
		}
		if err != nil {
			return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "npm's settings %s cannot be read", file.path).Because(err)
		}
		maps.Copy(values, parseNpmrc(b, a.env))
	}
	for _, name := range []string{"NPM_CONFIG_REGISTRY", "npm_config_registry"} {
		if v := a.getenv(name); v != "" {
			values["registry"] = v
		}
	}
	if len(values) == 0 {
		return toolSettings{}, nil
	}
	return toolSettings{file: npmrc(values), hosts: npmHosts(values)}, nil
}

// npmFile is a file of settings; one that somebody named must be there.
type npmFile struct {
	path  string
	named bool
}

// npmFiles lists them, those that win last.
func (a *app) npmFiles() []npmFile {
	var files []npmFile
	if path := a.either("NPM_CONFIG_GLOBALCONFIG", "npm_config_globalconfig"); path != "" {
		files = append(files, npmFile{path, true})
	}
	if dir := a.configDir(); dir != "" {
		files = append(files, npmFile{filepath.Join(dir, "pnpm", "rc"), false}, npmFile{filepath.Join(dir, "pnpm", "auth.ini"), false})
	}
	if path := a.either("NPM_CONFIG_USERCONFIG", "npm_config_userconfig"); path != "" {
		return append(files, npmFile{path, true})
	}
	if home := a.getenv("HOME"); home != "" {
		files = append(files, npmFile{filepath.Join(home, ".npmrc"), false})
	}
	return files
}

// parseNpmrc reads NAME=value lines; ; and # begin a comment line. A ${NAME}
// is the variable of that name, where there is one, as npm takes it.
func parseNpmrc(b []byte, env func(string) (string, bool)) map[string]string {
	variable := regexp.MustCompile(`\$\{([^${}?]+)\??\}`)
	values := map[string]string{}
	for line := range bytes.Lines(b) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || strings.HasPrefix(name, "#") || strings.HasPrefix(name, ";") || !aboutRegistries(name) {
			continue
		}
		value = variable.ReplaceAllStringFunc(unquoted(value), func(ref string) string {
			if v, ok := env(variable.FindStringSubmatch(ref)[1]); ok {
				return v
			}
			return ref
		})
		if value != "" && !strings.ContainsAny(value, "\r\n\x00") {
			values[name] = value
		}
	}
	return values
}

func unquoted(value string) string {
	if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}

// aboutRegistries tells whether a setting says where packages come from or
// whom to show which credential. Files of certificates are of this machine.
func aboutRegistries(name string) bool {
	if name == "registry" || name == "replace-registry-host" {
		return true
	}
	if strings.HasPrefix(name, "@") {
		return strings.HasSuffix(name, ":registry")
	}
	if !strings.HasPrefix(name, "//") {
		return false
	}
	return slices.ContainsFunc([]string{":_authToken", ":_auth", ":username", ":_password", ":email", ":always-auth"}, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
}

// npmrc writes the file, sorted.
func npmrc(values map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, "%s=%s\n", name, values[name])
	}
	return b.Bytes()
}

// npmHosts are the hosts that the settings name.
func npmHosts(values map[string]string) []string {
	var hosts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "registry" && !strings.HasSuffix(name, ":registry") {
			continue
		}
		if u, err := url.Parse(values[name]); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}
