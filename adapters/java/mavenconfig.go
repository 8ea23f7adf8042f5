package java

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const mavenConfigFile = ".mvn/maven.config"

// mavenConfig is what .mvn/maven.config adds to every command line of Maven,
// as far as a plan depends on it.
type mavenConfig struct {
	file       string          // in the tree; "" when there is none
	properties map[string]said // -D
	profiles   []string        // -P
	settings   []string        // -s, -gs: files, as they are written
}

// readMavenConfig reads the one that Maven finds: that of the directory that
// it is started in, or of one above.
func (p *planner) readMavenConfig() error {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		file := path.Join(dir, mavenConfigFile)
		data, ok, err := repo.Read(p.Tree, file)
		if err != nil {
			return err
		}
		if ok {
			p.config = parseMavenConfig(string(data))
			p.config.file = file
			for name, s := range p.config.properties {
				s.file = file
				p.config.properties[name] = s
			}
			return nil
		}
		if dir == "." {
			return nil
		}
	}
}

// parseMavenConfig reads one argument a line, as Maven 3.9 does; an option's
// value may stand on the next one.
func parseMavenConfig(text string) mavenConfig {
	c := mavenConfig{properties: map[string]said{}}
	option, n := "", 0
	for line := range strings.Lines(text) {
		n++
		word := strings.TrimSpace(line)
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		if option != "" {
			c.add(option, word, n)
			option = ""
			continue
		}
		if option = mavenOption(word); option == word {
			continue
		}
		c.add(option, strings.TrimPrefix(strings.TrimPrefix(word, option), "="), n)
		option = ""
	}
	return c
}

// mavenOption is the option that a word begins with, of those that have a
// value and decide a plan; "" for others.
func mavenOption(word string) string {
	for _, option := range []string{"--define", "-D", "--activate-profiles", "-P", "--global-settings", "-gs", "--settings", "-s"} {
		if word == option || strings.HasPrefix(word, option) && (!strings.HasPrefix(option, "--") || word[len(option)] == '=') {
			return option
		}
	}
	return ""
}

func (c *mavenConfig) add(option, value string, line int) {
	switch option {
	case "-D", "--define":
		name, text, ok := strings.Cut(value, "=")
		if !ok {
			text = "true"
		}
		c.properties[name] = said{value: text, line: line, found: "-D" + value}
	case "-P", "--activate-profiles":
		c.profiles = append(c.profiles, strings.Split(value, ",")...)
	case "-s", "--settings", "-gs", "--global-settings":
		c.settings = append(c.settings, value)
	}
}

// noteMavenConfig adds the settings that lie in the repository to what the
// first step sees.
func (p *planner) noteMavenConfig(root string) error {
	if p.config.file == "" {
		return nil
	}
	means := []string{fmt.Sprintf("part of every command of Maven; %d properties and %d profiles of it count for the plan", len(p.config.properties), len(p.config.profiles))}
	for _, name := range p.config.settings {
		file := path.Join(root, name)
		if !fs.ValidPath(file) || !repo.IsFile(p.Tree, file) {
			return slipway.Errorf(slipway.CodeInvalid, "%s names the settings %s, which are not in the repository", repo.Quote(p.config.file), repo.Quote(name)).
				WithHint("commit them, or take the line out: those of the machine that builds are used").WithClass(slipway.ClassCode)
		}
		p.build.manifests = append(p.build.manifests, file)
		means = append(means, "the settings "+repo.Quote(file)+" are used unless the machine that builds has its own")
	}
	p.note(slipway.Evidence{File: p.config.file, Found: mavenConfigFile, Means: strings.Join(means, "; ")})
	return nil
}
