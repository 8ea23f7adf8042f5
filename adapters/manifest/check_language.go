package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

var (
	buildTag  = regexp.MustCompile(`^[A-Za-z0-9_.]+$`)
	variable  = regexp.MustCompile(`^[A-Za-z0-9._~/-]+\.[A-Za-z_][A-Za-z0-9_]*$`)
	plainName = regexp.MustCompile(`^!?[A-Za-z0-9_][A-Za-z0-9_.+/-]*$`)
)

// only checks the keys that some languages alone have, and refuses those of
// another language than the declared one.
func (c checker) only(s *Service) error {
	if err := c.goKeys(s); err != nil {
		return err
	}
	if err := c.languageOf(s); err != nil {
		return err
	}
	// Go and Node name a place in the tree, the others a name of the language.
	if s.Main != "" && strings.ContainsAny(s.Main, "\x00\n") || strings.HasPrefix(s.Main, "-") || strings.HasPrefix(s.Main, "/") || !fs.ValidPath(path.Clean(s.Main+".")) {
		return c.fail("main", "%q is not a program below the service's directory", s.Main).WithHint("for example ./cmd/api")
	}
	if s.Root != "" && !fs.ValidPath(path.Clean(s.Root)) {
		return c.fail("root", "%q is not a directory below the service's", s.Root)
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"profiles", s.Profiles}, {"features", s.Features}} {
		for i, name := range list.names {
			if !plainName.MatchString(name) {
				return c.fail(fmt.Sprintf("%s[%d]", list.key, i), "%q is not a name", name)
			}
		}
	}
	return nil
}

// languageOf refuses a key of a language when the service is of another.
func (c checker) languageOf(s *Service) error {
	if s.Language == "" {
		return nil
	}
	for _, of := range []struct {
		key      string
		language slipway.Language
	}{
		{"tags", slipway.LanguageGo},
		{"cgo", slipway.LanguageGo},
		{"stamp", slipway.LanguageGo},
		{"profiles", slipway.LanguageJava},
		{"features", slipway.LanguageRust},
		{"root", slipway.LanguageStatic},
		{"target", slipway.LanguageDockerfile},
	} {
		if _, set := c.lines[join(c.at, of.key)]; set && of.language != s.Language {
			return c.fail(of.key, "%s is for services of the language %s", of.key, of.language)
		}
	}
	return nil
}

// goKeys checks what only a Go service has.
func (c checker) goKeys(s *Service) error {
	for i, tag := range s.Tags {
		if !buildTag.MatchString(tag) {
			return c.fail(fmt.Sprintf("tags[%d]", i), "%q is not a build tag", tag)
		}
	}
	if s.Stamp == nil {
		return nil
	}
	if *s.Stamp == (Stamp{}) {
		return c.fail("stamp", "stamp names no variable").WithHint("for example main.version")
	}
	for _, v := range []string{s.Stamp.Version, s.Stamp.Revision} {
		if v != "" && !variable.MatchString(v) {
			return c.fail("stamp", "%q is not a variable of a package", v).WithHint("for example main.version")
		}
	}
	return nil
}
