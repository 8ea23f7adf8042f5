package java

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func gradleFiles() []string {
	return append([]string{"build.gradle", "build.gradle.kts"}, settingsFiles()...)
}

func settingsFiles() []string { return []string{"settings.gradle", "settings.gradle.kts"} }

// A build script is a program; what is read of it is what people write: the
// words that name plugins, projects, versions and the main class.
var (
	includeLine  = regexp.MustCompile(`(?m)^\s*include\b[\s(]*((?:[\s,]*["'][^"']+["'])+)`)
	quoted       = regexp.MustCompile(`["']([^"'\n]+)["']`)
	projectDir   = regexp.MustCompile(`project\(\s*["']([^"']+)["']\s*\)\s*\.\s*projectDir\s*=\s*(?:new\s+File|file)\s*\(\s*(?:(?:settingsDir|rootDir|rootProject\.projectDir)\s*,\s*)?["']([^"']+)["']`)
	mainClass    = regexp.MustCompile(`\bmain(?:Class|ClassName)\s*(?:=|\.set\s*\()\s*["']([\w.$]+)["']`)
	mainVerticle = regexp.MustCompile(`\bmainVerticle(?:Name)?\s*=\s*["']([\w.$]+)["']`)
	manifestMain = regexp.MustCompile(`["']Main-Class["']\s*(?::|to|,)\s*["']([\w.$]+)["']`)
	toolchain    = regexp.MustCompile(`\bJavaLanguageVersion\.of\(\s*["']?(\d+)["']?\s*\)?|\bjvmToolchain\s*\(\s*(\d+)`)
	compatible   = regexp.MustCompile(`\b(?:source|target)Compatibility\s*(?:=|\.set\s*\()?\s*(?:JavaVersion\.)?["']?(VERSION_[\d_]+|[\d.]+)|\brelease\s*(?:=|\.set\s*\()\s*(\d+)`)
	projectRef   = regexp.MustCompile(`\bproject\s*\(\s*(?:path\s*[:=]\s*)?["'](:[^"']+)["']`)
	warPlugin    = regexp.MustCompile(`(?m)\bid[\s(]*["']war["']|plugin:\s*["']war["']|^\s*war\s*$`)
	floating     = regexp.MustCompile(`["'][\w.-]+:[\w.-]+:(?:[^"']*\+|latest\.[a-z]+|[^"']*-SNAPSHOT|\[[^"']*)["']`)
)

// readGradle reads the build scripts of the service and of the build that it
// is a project of.
func (p *planner) readGradle() error {
	root, settings, err := p.gradleRoot()
	if err != nil {
		return err
	}
	p.build = build{tool: gradle, root: root, manifests: gradleManifests(root)}
	if root != p.Dir {
		p.note(slipway.Evidence{File: settings, Found: "include " + below(root, p.Dir), Means: "built as a project of " + repo.Show(root)})
	}
	dirs, err := p.projects(root, settings)
	if err != nil {
		return err
	}
	shared, err := p.shared(root)
	if err != nil {
		return err
	}
	if p.build.catalogue, err = p.catalogue(root); err != nil {
		return err
	}
	p.build.unlocked = p.build.catalogue.floats()
	shared.text = p.build.catalogue.spelled(shared.text)
	p.build.conventions = slices.ContainsFunc([]string{"buildSrc", "build-logic", "buildLogic"}, func(dir string) bool { return repo.IsDir(p.Tree, path.Join(root, dir)) })
	for _, name := range append([]string{""}, slices.Sorted(maps.Keys(dirs))...) {
		dir := root
		if name != "" {
			dir = dirs[name]
		}
		m, err := p.gradleModule(name, dir, shared)
		if err != nil {
			return err
		}
		p.build.modules = append(p.build.modules, m)
	}
	return p.gradleWrapper(root)
}

// gradleManifests are the files of a build that decide its dependencies.
func gradleManifests(root string) []string {
	var names []string
	for _, pattern := range []string{"**/*.gradle", "**/*.gradle.kts", "**/gradle.properties", "**/gradle.lockfile", "**/libs/*.jar", "gradle", "buildSrc", "build-logic", "buildLogic"} {
		names = append(names, path.Join(root, pattern))
	}
	return names
}

// gradleRoot is the directory of the settings that the service belongs to,
// the service's own when there are none.
func (p *planner) gradleRoot() (root, settings string, err error) {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		for _, name := range settingsFiles() {
			file := path.Join(dir, name)
			if !repo.IsFile(p.Tree, file) {
				continue
			}
			dirs, err := p.projects(dir, file)
			if err != nil || dir == p.Dir || slices.Contains(slices.Collect(maps.Values(dirs)), p.Dir) {
				return dir, file, err
			}
		}
		if dir == "." {
			return p.Dir, "", nil
		}
	}
}

// projects gives the directory of each project that a settings file includes,
// by its path without the first colon.
func (p *planner) projects(root, settings string) (map[string]string, error) {
	dirs := map[string]string{}
	if settings == "" {
		return dirs, nil
	}
	text, err := p.script(settings)
	if err != nil {
		return nil, err
	}
	for _, include := range includeLine.FindAllStringSubmatch(text, -1) {
		for _, name := range quoted.FindAllStringSubmatch(include[1], -1) {
			project := strings.TrimPrefix(name[1], ":")
			dirs[project] = path.Join(root, strings.ReplaceAll(project, ":", "/"))
		}
	}
	for _, moved := range projectDir.FindAllStringSubmatch(text, -1) {
		dirs[strings.TrimPrefix(moved[1], ":")] = path.Join(root, moved[2])
	}
	if len(dirs) > maxModules {
		return nil, slipway.Errorf(slipway.CodeInvalid, "the build of %s has more than %d projects", repo.Quote(settings), maxModules)
	}
	return dirs, nil
}

// script is a build script without its comments; "" when there is none.
func (p *planner) script(file string) (string, error) {
	data, _, err := repo.Read(p.Tree, file)
	return uncomment(string(data)), err
}

// shared is what applies to every project: the root's own script.
func (p *planner) shared(root string) (script, error) {
	all := script{}
	for _, name := range []string{"build.gradle", "build.gradle.kts"} {
		file := path.Join(root, name)
		text, err := p.script(file)
		if err != nil {
			return script{}, err
		}
		if text != "" && all.file == "" {
			all.file = file
		}
		all.text += text
	}
	return all, nil
}

// script is the text of a build script and where it stands.
type script struct {
	file, text string
	above      int // lines of the file that come before the text
}

// said is what the first of the groups of a match holds, and where.
func (s script) said(re *regexp.Regexp) (said, bool) {
	at := re.FindStringSubmatchIndex(s.text)
	for i := 2; i+1 < len(at); i += 2 {
		if at[i] >= 0 {
			line := 1 + s.above + strings.Count(s.text[:at[i]], "\n")
			return said{value: s.text[at[i]:at[i+1]], file: s.file, line: line, found: strings.TrimSpace(s.text[at[0]:at[1]])}, true
		}
	}
	return said{}, false
}

// gradleModule gathers what the plan needs of a project.
func (p *planner) gradleModule(name, dir string, shared script) (module, error) {
	m := module{dir: dir, name: name, packaging: "jar"}
	own := script{}
	for _, file := range []string{"build.gradle", "build.gradle.kts", path.Base(dir) + ".gradle", path.Base(dir) + ".gradle.kts"} {
		text, err := p.script(path.Join(dir, file))
		if err != nil {
			return module{}, err
		}
		if text != "" {
			own = script{file: path.Join(dir, file), text: p.build.catalogue.spelled(text)}
			break
		}
	}
	m.file = own.file
	if m.file == "" {
		m.file = shared.file
	}
	for _, language := range []string{"java", "kotlin"} {
		m.sources = append(m.sources, path.Join(dir, "src/main", language))
	}
	m.mains = own.mains()
	m.verticle, _ = own.said(mainVerticle)
	for _, s := range []script{own, shared} {
		m.refs = append(m.refs, p.build.asksFor(s.text)...)
		m.release = firstRelease(m.release, s)
	}
	for _, ref := range projectRef.FindAllStringSubmatch(own.text+shared.text, -1) {
		m.siblings = append(m.siblings, strings.TrimPrefix(ref[1], ":"))
	}
	m.everybody = strings.Contains(own.text, "projects.") || strings.Contains(shared.text, "subprojects.")
	p.build.unlocked = p.build.unlocked || floating.MatchString(own.text) || floating.MatchString(shared.text)
	if warPlugin.MatchString(own.text) && !m.uses(springGroup) {
		m.packaging = "war"
	}
	return m, nil
}

// mains are the classes that a script names as the program.
func (s script) mains() []said {
	var mains []said
	for _, re := range []*regexp.Regexp{mainClass, manifestMain} {
		if main, ok := s.said(re); ok && !slices.Contains(launchers(), main.value) {
			mains = append(mains, main)
		}
	}
	return mains
}

// asksFor lists what a script names: what stands between quotes, and entries
// of the catalogue. Plugins of the build's own, which are not read, may ask
// for any of them.
func (b build) asksFor(text string) []string {
	var refs []string
	for _, q := range quoted.FindAllStringSubmatch(text, -1) {
		refs = append(refs, q[1])
	}
	if b.conventions {
		return append(refs, b.catalogue.all()...)
	}
	return append(refs, b.catalogue.refs(text)...)
}

// firstRelease is the Java that a script is written for. A toolchain is that
// JDK and no newer one: Gradle would look for it, and fetch it.
func firstRelease(have said, s script) said {
	for _, re := range []*regexp.Regexp{toolchain, compatible} {
		if found, ok := s.said(re); ok && have.value == "" && javaRelease(found.value) > 0 {
			found.exact = re == toolchain
			return found
		}
	}
	return have
}
