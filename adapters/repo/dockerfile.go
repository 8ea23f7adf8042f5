package repo

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// DockerfileName is where a Dockerfile lies in a service's directory.
const DockerfileName = "Dockerfile"

// instruction is one of a Dockerfile.
type instruction struct {
	word  string   // in capitals
	words []string // behind it, without quotes, brackets and what holds commands together
	line  int
}

// Called are the words by which a Dockerfile may call a program: a path counts
// by its end.
type Called struct {
	Started []string // where it is started
	Built   []string // where it is built or copied
}

// OfDockerfile finds, of several programs, the one that the Dockerfile of the
// service's directory is for: the only one that it starts, else the only one
// that it builds or copies. index is -1 where it says nothing, or of several.
func OfDockerfile(s Service, programs []Called) (index int, e slipway.Evidence) {
	file := path.Join(s.Dir, DockerfileName)
	data, _, err := Read(s.Tree, file)
	if err != nil {
		return -1, e
	}
	all := instructions(string(data))
	for _, of := range []struct {
		words []string
		names func(Called) []string
	}{
		{[]string{"CMD", "ENTRYPOINT", "ENV"}, func(c Called) []string { return c.Started }},
		{[]string{"RUN", "COPY"}, func(c Called) []string { return c.Built }},
	} {
		found := map[int]slipway.Evidence{}
		for _, in := range all {
			for i, c := range programs {
				if word := in.calls(of.names(c)); word != "" && slices.Contains(of.words, in.word) { // what else stands there may be a secret
					found[i] = slipway.Evidence{File: file, Line: in.line, Found: in.word + " " + word}
				}
			}
		}
		if len(found) > 1 {
			return -1, slipway.Evidence{} // what is built of several that are started says nothing
		}
		for i, e := range found {
			return i, e
		}
	}
	return -1, e
}

// calls gives the word of an instruction that is one of the names.
func (in instruction) calls(names []string) string {
	for _, word := range in.words {
		clean := path.Clean(word)
		if slices.ContainsFunc(names, func(name string) bool { return clean == name || strings.HasSuffix(clean, "/"+name) }) {
			return word
		}
	}
	return ""
}

// instructions reads a Dockerfile: comments left out, lines that go on taken
// together. Here-documents are read as if they were instructions.
func instructions(text string) []instruction {
	var all []instruction
	open := false
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		rest, more := strings.CutSuffix(line, `\`)
		if !open {
			word, behind, _ := strings.Cut(rest, " ")
			all = append(all, instruction{word: strings.ToUpper(word), line: n})
			rest = behind
		}
		last := &all[len(all)-1]
		last.words = append(last.words, strings.FieldsFunc(rest, func(c rune) bool { return strings.ContainsRune(" \t\"'`[](){},;&|=", c) })...)
		open = more
	}
	return all
}
