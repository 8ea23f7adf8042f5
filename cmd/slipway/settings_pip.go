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
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// pyIndexes is where Python packages come from: what pip and uv both can say.
// URLs may hold credentials.
type pyIndexes struct {
	main     string   // the index instead of the public one; "" the tool's default
	extra    []string // further indexes
	links    []string // pages of packages; only those with a scheme, a directory of this machine means nothing in a step
	insecure []string // hosts whose certificates are not checked
	none     bool     // no index at all
}

// empty tells that nothing is set.
func (x pyIndexes) empty() bool {
	return x.main == "" && len(x.extra)+len(x.links)+len(x.insecure) == 0 && !x.none
}

// hosts that the operator named.
func (x pyIndexes) hosts() []string {
	return hostsOf(slices.Concat([]string{x.main}, x.extra, x.links)...)
}

// pipSettings reads what `pip config list` would print for these names, else
// what uv is set to: both install the same packages.
func (a *app) pipSettings() (toolSettings, error) {
	x, err := a.pipIndexes()
	if err != nil {
		return toolSettings{}, err
	}
	if x.empty() {
		u, err := a.uvFile()
		if err != nil {
			return toolSettings{}, err
		}
		x = u.indexes()
	}
	if x.empty() {
		return toolSettings{}, nil
	}
	return toolSettings{file: pipConf(x), hosts: x.hosts()}, nil
}

// pipIndexes lays pip's sources over one another, in pip's own order (pip,
// "Configuration").
func (a *app) pipIndexes() (pyIndexes, error) {
	values := map[string]string{}
	for _, path := range a.pipFiles() {
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && path != a.getenv("PIP_CONFIG_FILE") {
			continue
		}
		if err != nil {
			return pyIndexes{}, slipway.Errorf(slipway.CodeUsage, "pip's settings %s cannot be read", path).Because(err)
		}
		maps.Copy(values, parsePipConf(b))
	}
	for _, name := range pipNames() {
		if v, ok := a.env("PIP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))); ok && v != "" {
			values[name] = v
		}
	}
	return pyIndexes{
		main:     values["index-url"],
		extra:    strings.Fields(values["extra-index-url"]),
		links:    remote(strings.Fields(values["find-links"])),
		insecure: strings.Fields(values["trusted-host"]),
		none:     slices.Contains([]string{"1", "true", "yes", "on", "t", "y"}, strings.ToLower(values["no-index"])),
	}, nil
}

// pipFiles are pip's files, the weakest first. PIP_CONFIG_FILE comes last,
// and the null device there means none of them.
func (a *app) pipFiles() []string {
	own := a.getenv("PIP_CONFIG_FILE")
	if own == os.DevNull {
		return nil
	}
	files := []string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf"}
	if home := a.getenv("HOME"); home != "" {
		files = append(files, filepath.Join(home, ".pip", "pip.conf"))
	}
	if dir := a.configDir(); dir != "" {
		files = append(files, filepath.Join(dir, "pip", "pip.conf"))
	}
	if own != "" {
		files = append(files, own)
	}
	return files
}

// pipNames are the settings that decide where packages come from.
func pipNames() []string {
	return []string{"index-url", "extra-index-url", "find-links", "trusted-host", "no-index"}
}

// parsePipConf reads these names of the sections [global] and [install], of
// which the second is stronger, in the form of Python's configparser: values
// may go on in indented lines.
func parsePipConf(b []byte) map[string]string {
	found := map[string]map[string]string{"global": {}, "install": {}}
	section, key := "", ""
	for raw := range strings.Lines(string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))) {
		text := strings.TrimSpace(raw)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
			continue
		case text[0] == '[':
			section, key = strings.Trim(text, "[]"), ""
			continue
		case raw[0] == ' ' || raw[0] == '\t':
			if values := found[section]; values != nil && key != "" {
				values[key] += " " + text
			}
			continue
		}
		name, value := text, ""
		if at := strings.IndexAny(text, "=:"); at >= 0 {
			name, value = text[:at], text[at+1:]
		}
		key = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "_", "-"))
		if values := found[section]; values != nil {
			values[key] = strings.TrimSpace(value)
		}
	}
	merged := map[string]string{}
	for _, section := range []string{"global", "install"} {
		for _, name := range pipNames() {
			if v := strings.TrimSpace(found[section][name]); v != "" {
				merged[name] = v
			}
		}
	}
	return merged
}

// pipConf writes pip's form. In it % needs no escape: pip reads without
// interpolation.
func pipConf(x pyIndexes) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, "[global]")
	line := func(name string, values ...string) {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" || strings.ContainsAny(v, "\r\n") })
		if len(values) > 0 {
			fmt.Fprintf(&b, "%s = %s\n", name, strings.Join(values, "\n    "))
		}
	}
	line("index-url", x.main)
	line("extra-index-url", x.extra...)
	line("find-links", x.links...)
	line("trusted-host", x.insecure...)
	if x.none {
		line("no-index", "true")
	}
	return b.Bytes()
}

// remote keeps what a step can reach.
func remote(links []string) []string {
	return slices.DeleteFunc(links, func(link string) bool {
		u, err := url.Parse(link)
		return err != nil || u.Scheme != "http" && u.Scheme != "https"
	})
}
