package manifest

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
)

var (
	envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	urlPath = regexp.MustCompile(`^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$`)
	number  = regexp.MustCompile(`^\d+(\.\d+){0,2}([-+.]?[A-Za-z0-9.+-]+)?$`)
)

// Languages that a declaration may name, also those that this version finds
// no adapter for: a file does not become wrong by an older Slipway.
func Languages() []string {
	return []string{"go", "java", "node", "python", "rust", "dockerfile", "static"}
}

// check looks at the values, with the lines of reader, and cleans paths.
func (r reader) check(f File) (File, error) {
	if len(f.Services) == 0 {
		return File{}, invalid(max(1, r.lines["services"]), "no service is declared").WithHint("write `services:` and `- name: NAME` below it")
	}
	seen := map[string]bool{}
	for i := range f.Services {
		s := &f.Services[i]
		c := checker{lines: r.lines, at: fmt.Sprintf("services[%d]", i), dir: r.dir}
		if err := c.service(s); err != nil {
			return File{}, err
		}
		if s.Name == "" && len(f.Services) > 1 {
			return File{}, c.fail("", "a service has no name").WithHint("with several services each needs `name:`")
		}
		if seen[s.Name] {
			return File{}, c.fail("name", "a second service is named %q", s.Name)
		}
		seen[s.Name] = true
		s.lines, s.at, s.dir = c.lines, c.at, c.dir
	}
	return f, nil
}

// checker checks one service.
type checker struct {
	lines map[string]int
	at    string
	dir   string // what paths are relative to
}

// fail names the line of a key, or of the service when the key is not there.
func (c checker) fail(key, format string, args ...any) *slipway.Error {
	line, ok := c.lines[join(c.at, key)]
	if !ok || key == "" {
		line = c.lines[c.at]
	}
	return invalid(line, format, args...)
}

func (c checker) service(s *Service) error {
	for _, check := range []func(*Service) error{c.words, c.web, c.paths, c.env, c.commands, c.packages, c.only} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) words(s *Service) error {
	if s.Name != "" && !slipway.ValidLabel(s.Name) {
		return c.fail("name", "the name %q is not allowed", s.Name).
			WithHint("use lower-case letters, digits and inner hyphens, at most 40 characters; the team is not part of it")
	}
	if s.Version != "" && !number.MatchString(s.Version) {
		return c.fail("version", "%q is not a version", s.Version).WithHint("for example \"1.26.8\"")
	}
	for _, w := range []struct {
		key, value string
		known      []string
	}{
		{"language", string(s.Language), Languages()},
		{"kind", string(s.Kind), []string{string(slipway.KindWeb), string(slipway.KindWorker), string(slipway.KindTask)}},
		{"expose", string(s.Expose), []string{string(ExposeExternal), string(ExposeInternal)}},
	} {
		if w.value != "" && !slices.Contains(w.known, w.value) {
			return unknown(c.lines[join(c.at, w.key)], w.key, w.value, w.known)
		}
	}
	return nil
}

// web checks what only a service that answers HTTP has.
func (c checker) web(s *Service) error {
	_, hasPort := c.lines[c.at+".port"]
	if s.Kind == slipway.KindWorker || s.Kind == slipway.KindTask {
		keys := []string{"port", "expose"}
		if s.Kind == slipway.KindTask {
			keys = append(keys, "health")
		}
		for _, key := range keys {
			if _, set := c.lines[join(c.at, key)]; set {
				return c.fail(key, "a %s has no %s", s.Kind, key).WithHint("only a service of kind web answers requests")
			}
		}
	}
	if hasPort && (s.Port < 1 || s.Port > 65535) {
		return c.fail("port", "%d is not a port", s.Port)
	}
	if s.Kind == slipway.KindWorker {
		if _, ok := command.Parse(s.Health); s.Health != "" && !ok {
			return c.fail("health", "%q is not a command", s.Health).WithHint("of a worker it is a command that ends with 0 when the worker is well")
		}
		return nil
	}
	if s.Health != "" && !urlPath.MatchString(s.Health) {
		return c.fail("health", "%q is not the path of a URL", s.Health).WithHint("for example /healthz")
	}
	return nil
}

func (c checker) paths(s *Service) error {
	said := s.Path
	if s.Path = path.Join(c.dir, path.Clean("./"+said)); !fs.ValidPath(s.Path) {
		return c.fail("path", "%q is not a directory of the repository", said)
	}
	if err := c.frontends(s); err != nil {
		return err
	}
	for i, in := range s.Inputs {
		if err := c.input(fmt.Sprintf("inputs[%d]", i), &s.Inputs[i], in); err != nil {
			return err
		}
	}
	for i, w := range s.Writable {
		if w == "" || strings.ContainsAny(w, "\x00\n:") || slices.Contains(strings.Split(w, "/"), "..") ||
			slices.Contains([]string{"/", "/app", "."}, path.Clean(w)) {
			return c.fail(fmt.Sprintf("writable[%d]", i), "%q cannot be made writable", w).
				WithHint("name a directory of its own, for example /data, or data below the working directory")
		}
	}
	return nil
}

func (c checker) input(key string, clean *string, in string) error {
	if in == "" || strings.ContainsAny(in, "*?[\\\x00") || strings.HasPrefix(in, "!") || strings.HasPrefix(in, "/") {
		return c.fail(key, "%q is not a directory or file of the repository", in).WithHint("patterns are not read here: name the directory")
	}
	*clean = path.Join(c.dir, path.Clean("./"+in))
	if !fs.ValidPath(*clean) {
		return c.fail(key, "%q is outside the repository", in)
	}
	return nil
}

func (c checker) env(s *Service) error {
	for _, table := range []struct {
		key    string
		values map[string]string
	}{{"env", s.Env}, {"buildEnv", s.BuildEnv}} {
		for _, name := range slices.Sorted(maps.Keys(table.values)) {
			if !envName.MatchString(name) {
				return c.fail(table.key, "%q is not the name of a variable", name)
			}
			if name == "PORT" && table.key == "env" {
				return c.fail("env."+name, "PORT is set by Slipway").WithHint("write `port:`")
			}
			if strings.Contains(table.values[name], "\x00") {
				return c.fail(table.key+"."+name, "the value of %s holds a zero byte", name)
			}
		}
	}
	for i, name := range s.Secrets {
		_, both := s.BuildEnv[name]
		if !envName.MatchString(name) || both {
			return c.fail(fmt.Sprintf("secrets[%d]", i), "%q cannot be the name of a secret", name).
				WithHint("name a variable that buildEnv does not have, such as NPM_TOKEN; its value is given to the build, not to the file")
		}
	}
	return nil
}
