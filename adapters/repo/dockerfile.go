package repo

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-ci/slipway"
)

// DockerfileName is where a Dockerfile lies in a service's directory.
const DockerfileName = "Dockerfile"

// instruction is one of a Dockerfile.
type instruction struct {
	word  string   // in capitals
	words []string // of the whole line, without quotes, brackets and what holds commands together
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
	all := instructions(data)
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

// calls gives the word of an instruction that is one of the names. A plain
// word of a variable may be anything, and what a build runs is for the build.
func (in instruction) calls(names []string) string {
	for i, word := range in.words {
		clean := path.Clean(word)
		switch {
		case in.word == "ENV" && !strings.ContainsAny(word, "./:"):
			continue
		case in.word == "RUN" && i > 0 && slices.Contains([]string{"run", "test", "vet", "generate"}, in.words[i-1]):
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return clean == name || strings.HasSuffix(clean, "/"+name) }) {
			return word
		}
	}
	return ""
}

// instructions reads a Dockerfile with BuildKit's own parser; one that it does
// not read has none. Nothing is built of what is found: it is a hint.
func instructions(data []byte) []instruction {
	read, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	var all []instruction
	for _, n := range read.AST.Children {
		text := []string{n.Original}
		for _, h := range n.Heredocs {
			text = append(text, h.Content)
		}
		words := strings.FieldsFunc(strings.Join(text, "\n"), func(c rune) bool { return strings.ContainsRune(" \t\r\n\"'`[](){},;&|=", c) })
		all = append(all, instruction{word: strings.ToUpper(n.Value), words: words, line: n.StartLine})
	}
	return all
}
