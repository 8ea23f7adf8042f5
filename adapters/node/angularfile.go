package node

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// angularFile is what matters of an angular.json.
type angularFile struct {
	Default  string                    `json:"defaultProject"`
	Projects map[string]angularProject `json:"projects"`
}

type angularProject struct {
	Type      string                   `json:"projectType"`
	I18n      angularI18n              `json:"i18n"`
	Architect map[string]angularTarget `json:"architect"`
	Targets   map[string]angularTarget `json:"targets"` // the same by its other name
}

type angularTarget struct {
	Builder        string                    `json:"builder"`
	Options        angularOptions            `json:"options"`
	Configurations map[string]angularOptions `json:"configurations"`
	Configuration  string                    `json:"defaultConfiguration"`
}

// angularOptions are those of a build. What may be of several forms stays as
// it is written.
type angularOptions struct {
	OutputPath json.RawMessage  `json:"outputPath"`
	OutputMode string           `json:"outputMode"`
	Server     json.RawMessage  `json:"server"`
	SSR        json.RawMessage  `json:"ssr"`
	BaseHref   string           `json:"baseHref"`
	Localize   json.RawMessage  `json:"localize"`
	External   []string         `json:"externalDependencies"`
	Security   *angularSecurity `json:"security"`
}

type angularSecurity struct {
	Hosts []string `json:"allowedHosts"`
}

type angularI18n struct {
	Source  json.RawMessage            `json:"sourceLocale"`
	Locales map[string]json.RawMessage `json:"locales"`
}

// parseAngular reads an angular.json; what cannot be read has no projects.
func parseAngular(data []byte) angularFile {
	var file angularFile
	if json.Unmarshal(plainJSON(data), &file) != nil {
		return angularFile{}
	}
	return file
}

func (a angularProject) build() angularTarget {
	if t, ok := a.Architect["build"]; ok {
		return t
	}
	return a.Targets["build"]
}

// bundles tells that the builder puts packages into what it writes, and the
// browser's part into a directory of its own.
func (a angularProject) bundles() bool { return strings.HasSuffix(a.build().Builder, ":application") }

// options are those of a configuration, the usual one when none is named,
// laid over the others.
func (a angularProject) options(configuration string) angularOptions {
	build := a.build()
	options := build.Options
	if configuration == "" {
		configuration = build.Configuration
	}
	for name := range strings.SplitSeq(configuration, ",") {
		over := build.Configurations[name]
		for _, field := range []struct{ to, from *json.RawMessage }{
			{&options.OutputPath, &over.OutputPath}, {&options.Server, &over.Server}, {&options.SSR, &over.SSR}, {&options.Localize, &over.Localize},
		} {
			if len(*field.from) > 0 {
				*field.to = *field.from
			}
		}
		if over.OutputMode != "" {
			options.OutputMode = over.OutputMode
		}
		if over.BaseHref != "" {
			options.BaseHref = over.BaseHref
		}
	}
	return options
}

// server tells whether the build makes a program that answers requests,
// rather than files alone.
func (o angularOptions) server() bool {
	var ssr struct {
		Entry string `json:"entry"`
	}
	switch {
	case o.OutputMode == "static" || string(o.SSR) == "false" || string(o.Server) == "false":
		return false
	case len(o.SSR) > 0:
		return json.Unmarshal(o.SSR, &ssr) == nil && ssr.Entry != ""
	}
	return len(o.Server) > 0
}

// output is where the project is built to, and the directory in it that the
// browser gets (Angular's application builder, from 17 on, makes one).
func (a angularProject) output(name string, options angularOptions) (dir, browser string) {
	if a.bundles() {
		browser = "browser"
	}
	dir = path.Join("dist", name)
	var text string
	var object struct {
		Base    string  `json:"base"`
		Browser *string `json:"browser"`
	}
	switch {
	case json.Unmarshal(options.OutputPath, &text) == nil && text != "":
		dir = path.Clean(text)
	case json.Unmarshal(options.OutputPath, &object) == nil && object.Base != "":
		dir = path.Clean(object.Base)
		if object.Browser != nil {
			browser = *object.Browser
		}
	}
	return dir, browser
}

// languages are the directories that the build writes a page of each
// language to, the source's first; none when it writes one page.
func (a angularProject) languages(options angularOptions) []string {
	var all bool
	var some []string
	if json.Unmarshal(options.Localize, &all) != nil && json.Unmarshal(options.Localize, &some) != nil {
		return nil
	}
	source := localeOf(a.I18n.Source, "en-US")
	codes := append([]string{source.Code}, slices.DeleteFunc(sortedKeys(a.I18n.Locales), func(code string) bool { return code == source.Code })...)
	var dirs []string
	for i, code := range codes {
		dir := source.dir()
		if i > 0 {
			dir = localeOf(a.I18n.Locales[code], code).dir()
		}
		if all || slices.Contains(some, code) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

type angularLocale struct {
	Code    string  `json:"code"`
	SubPath *string `json:"subPath"`
}

// localeOf reads a language as it is written: its code, or an object.
func localeOf(data json.RawMessage, code string) angularLocale {
	l := angularLocale{Code: code}
	var text string
	if json.Unmarshal(data, &text) == nil && text != "" {
		if strings.Contains(text, ".") || strings.Contains(text, "/") {
			return l // the file with its texts
		}
		l.Code = text
		return l
	}
	if json.Unmarshal(data, &l) != nil || l.Code == "" {
		l.Code = code
	}
	return l
}

// dir is the language's directory, in the one that is built to.
func (l angularLocale) dir() string {
	said := l.Code
	if l.SubPath != nil {
		said = *l.SubPath
	}
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+said), "/"), ".")
}
