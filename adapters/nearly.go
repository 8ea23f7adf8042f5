package adapters

import (
	"io/fs"
	"path"

	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// nearly tells of files that would make a service if another were beside
// them, or if they had the name that they are looked for by.
func nearly(s repo.Service) []string {
	sub, err := fs.Sub(s.Tree, s.Dir)
	if err != nil {
		return nil
	}
	var lines []string
	for _, n := range []struct {
		patterns []string
		lacks    string
	}{
		{[]string{"*.go"}, "Go, but there is no go.mod; `go mod init NAME` writes one"},
		{[]string{"*.java", "src/*.java"}, "Java, but there is neither a pom.xml nor a build.gradle"},
		{[]string{"*.scala", "src/main/scala/*.scala"}, "Scala, but there is no build.sbt"},
		{[]string{"hugo.toml", "hugo.yaml", "hugo.json"}, "a site of Hugo, which this version does not build; a Dockerfile does, or commit what `hugo` writes and say `root: public`"},
	} {
		if file := first(sub, n.patterns); file != "" {
			lines = append(lines, repo.Quote(path.Join(s.Dir, file))+": "+n.lacks)
		}
	}
	if file := first(sub, []string{"Dockerfile.*", "*.Dockerfile", "docker/*.Dockerfile"}); file != "" {
		lines = append(lines, repo.Quote(path.Join(s.Dir, file))+": chosen by `language: dockerfile` and `main: "+repo.Quote(file)+"` in "+manifest.Name)
	}
	if file := first(sub, []string{"[^_ts]*.py", "[ts]*.py"}); file != "" {
		lines = append(lines, repo.Quote(path.Join(s.Dir, file))+": Python, and nothing says what is started; chosen by `main: "+repo.Quote(file)+"` in "+manifest.Name)
	}
	return lines
}

// first of the files that match, "" when none does.
func first(tree fs.FS, patterns []string) string {
	for _, pattern := range patterns {
		if found, _ := fs.Glob(tree, pattern); len(found) > 0 { // the pattern is sound
			return found[0]
		}
	}
	return ""
}
