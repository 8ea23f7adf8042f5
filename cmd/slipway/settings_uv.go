package main

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
)

// uvFile is what of a uv.toml decides where packages come from (uv,
// "Settings reference"). It is read and written.
type uvFile struct {
	Index     []uvIndex `toml:"index,omitempty"`
	IndexURL  string    `toml:"index-url,omitempty"`
	ExtraURLs []string  `toml:"extra-index-url,omitempty"`
	Links     []string  `toml:"find-links,omitempty"`
	NoIndex   bool      `toml:"no-index,omitempty"`
	Insecure  []string  `toml:"allow-insecure-host,omitempty"`
}

// uvIndex is an index with a name; its URL may hold credentials.
type uvIndex struct {
	Name     string `toml:"name,omitempty"`
	URL      string `toml:"url"`
	Default  bool   `toml:"default,omitempty"`
	Explicit bool   `toml:"explicit,omitempty"`
}

// indexes is the same for tools that know no names.
func (f uvFile) indexes() pyIndexes {
	x := pyIndexes{main: f.IndexURL, extra: slices.Clone(f.ExtraURLs), links: remote(slices.Clone(f.Links)), insecure: f.Insecure, none: f.NoIndex}
	for _, index := range f.Index {
		switch {
		case index.Default:
			x.main = index.URL
		case !index.Explicit:
			x.extra = append(x.extra, index.URL)
		}
	}
	return x
}

// uvSettings reads what uv on this machine is set to, else what pip is: uv
// does not read pip's settings, and installs what pip would here.
func (a *app) uvSettings() (toolSettings, error) {
	f, err := a.uvFile()
	if err != nil {
		return toolSettings{}, err
	}
	if f.indexes().empty() && len(f.Index) == 0 {
		x, err := a.pipIndexes()
		if err != nil {
			return toolSettings{}, err
		}
		f = uvFile{IndexURL: x.main, ExtraURLs: x.extra, Links: x.links, NoIndex: x.none, Insecure: x.insecure}
	}
	f.Links = remote(f.Links)
	if f.indexes().empty() && len(f.Index) == 0 {
		return toolSettings{}, nil
	}
	hosts := f.indexes().hosts()
	for _, index := range f.Index {
		hosts = append(hosts, hostsOf(index.URL)...)
	}
	slices.Sort(hosts)
	b, err := toml.Marshal(f)
	return toolSettings{file: b, hosts: slices.Compact(hosts)}, err
}

// uvFile lays the environment over the user's file, or the system's without
// one.
func (a *app) uvFile() (uvFile, error) {
	var f uvFile
	files := []string{a.getenv("UV_CONFIG_FILE")}
	if files[0] == "" {
		files = []string{filepath.Join(a.configDir(), "uv", "uv.toml"), "/etc/uv/uv.toml"}
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && path != a.getenv("UV_CONFIG_FILE") {
			continue
		}
		if err != nil {
			return f, slipway.Errorf(slipway.CodeUsage, "uv's settings %s cannot be read", path).Because(err)
		}
		if f, err = parseUV(b); err != nil {
			return f, slipway.Errorf(slipway.CodeUsage, "uv's settings %s cannot be read", path).Because(err)
		}
		break
	}
	a.uvEnvironment(&f)
	return f, nil
}

// parseUV reads a uv.toml; what it does not know it passes over.
func parseUV(b []byte) (uvFile, error) {
	var f uvFile
	err := toml.Unmarshal(b, &f)
	f.Index = slices.DeleteFunc(f.Index, func(i uvIndex) bool { return i.URL == "" })
	return f, err
}

// uvEnvironment reads the variables of uv (uv, "Environment variables").
func (a *app) uvEnvironment(f *uvFile) {
	if v := a.either("UV_DEFAULT_INDEX", "UV_INDEX_URL"); v != "" {
		f.IndexURL = ""
		f.Index = slices.DeleteFunc(f.Index, func(i uvIndex) bool { return i.Default })
		f.Index = append(f.Index, named(v, true))
	}
	for v := range strings.FieldsSeq(a.getenv("UV_INDEX")) {
		f.Index = append(f.Index, named(v, false))
	}
	f.ExtraURLs = append(f.ExtraURLs, strings.Fields(a.getenv("UV_EXTRA_INDEX_URL"))...)
	f.Links = append(f.Links, strings.FieldsFunc(a.getenv("UV_FIND_LINKS"), func(r rune) bool { return r == ',' || r == ' ' })...)
	f.Insecure = append(f.Insecure, strings.Fields(a.getenv("UV_INSECURE_HOST"))...)
	for i := range f.Index {
		f.Index[i].URL = a.withCredentials(f.Index[i])
	}
}

// named reads NAME=URL or a URL.
func named(text string, isDefault bool) uvIndex {
	if name, address, ok := strings.Cut(text, "="); ok && !strings.ContainsAny(name, ":/") {
		return uvIndex{Name: name, URL: address, Default: isDefault}
	}
	return uvIndex{URL: text, Default: isDefault}
}

// withCredentials puts UV_INDEX_NAME_USERNAME and _PASSWORD into the URL: a
// step has no such variables.
func (a *app) withCredentials(i uvIndex) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(i.Name))
	return withUser(i.URL, a.getenv("UV_INDEX_"+name+"_USERNAME"), a.getenv("UV_INDEX_"+name+"_PASSWORD"))
}

// withUser puts credentials into a URL that has none.
func withUser(address, user, password string) string {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || user == "" && password == "" {
		return address
	}
	u.User = url.UserPassword(user, password)
	return u.String()
}
