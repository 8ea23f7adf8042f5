package manifest

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
)

// debianName is Debian's rule for package names (Policy 5.6.1); a version may
// follow, as apt reads it.
var debianName = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$`)

func (c checker) commands(s *Service) error {
	type entry struct {
		key     string
		command Command
	}
	entries := []entry{
		{"commands.build", s.Commands.Build}, {"commands.start", s.Commands.Start}, {"commands.release", s.Commands.Release},
	}
	if s.Tests != nil {
		if err := c.tests(s.Tests); err != nil {
			return err
		}
		entries = append(entries, entry{"tests.command", s.Tests.Command})
	}
	for _, e := range entries {
		if _, set := c.lines[join(c.at, e.key)]; set && !e.command.valid() {
			return c.fail(e.key, "%s is not a command", e.key).WithHint("write it as a shell would read it, or as a list of words")
		}
	}
	return nil
}

func (c checker) tests(t *Tests) error {
	if !t.Command.Given() {
		return c.fail("tests", "tests have no command").WithHint("for example `command: npm test`")
	}
	for i, p := range t.Reports {
		if !fs.ValidPath(path.Clean(p)) || path.Ext(p) != ".xml" {
			return c.fail(fmt.Sprintf("tests.reports[%d]", i), "%q is not an XML file below the service's directory", p)
		}
	}
	return nil
}

func (c checker) packages(s *Service) error {
	for _, list := range []struct {
		key   string
		names []string
	}{{"packages.build", s.Packages.Build}, {"packages.run", s.Packages.Run}} {
		for i, name := range list.names {
			if !debianName.MatchString(name) {
				return c.fail(fmt.Sprintf("%s[%d]", list.key, i), "%q is not the name of a Debian package", name)
			}
		}
	}
	for i, name := range s.Needs {
		if !slipway.ValidLabel(name) || name == s.Name || slices.Index(s.Needs, name) != i {
			return c.fail(fmt.Sprintf("needs[%d]", i), "%q cannot be needed", name).WithHint("name each other service of the team once")
		}
	}
	return nil
}
