package compile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

const pinned = "docker.io/team/frontend@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestReadDockerfile_base(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		d       slipway.Dockerfile
		want    string
	}{
		"one stage":          {"FROM debian:12\n", slipway.Dockerfile{}, "debian:12"},
		"scratch":            {"FROM scratch\n", slipway.Dockerfile{}, ""},
		"last stage":         {"FROM golang AS build\nFROM debian\n", slipway.Dockerfile{}, "debian"},
		"a stage of its own": {"FROM debian AS base\nFROM base\n", slipway.Dockerfile{}, "debian"},
		"target":             {"FROM a AS one\nFROM b AS two\n", slipway.Dockerfile{Target: "ONE"}, "a"},
		"variable":           {"ARG V=12\nARG IMAGE=debian:${V}\nFROM $IMAGE\n", slipway.Dockerfile{}, "debian:12"},
		"given variable":     {"ARG IMAGE=debian\nFROM ${IMAGE}\n", slipway.Dockerfile{Args: map[string]string{"IMAGE": "alpine"}}, "alpine"},
		"a name twice":       {"FROM a AS x\nFROM x AS x\nFROM x\n", slipway.Dockerfile{}, "a"},
		"Windows line ends":  {"FROM debian\r\nRUN true\r\n", slipway.Dockerfile{}, "debian"},
		"allowed frontend":   {"# syntax=" + pinned + "\nFROM what ever\n", slipway.Dockerfile{}, ""},
	} {
		c.d.File = "Dockerfile"
		got, err := compile.ReadDockerfile([]byte(c.content), c.d, []string{pinned})
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestReadDockerfile_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		code    slipway.Code
		says    string
	}{
		"frontend by tag":         {"# syntax=docker/dockerfile:1\nFROM a\n", slipway.CodeForbidden, "Dockerfile:1: the frontend"},
		"frontend in other words": {"#  SYNTAX = evil\nFROM a\n", slipway.CodeForbidden, `"evil"`},
		"frontend after escape":   {"# escape=`\n# syntax=evil\nFROM a\n", slipway.CodeForbidden, "Dockerfile:2:"},
		"frontend as in Go":       {"// syntax=evil\nFROM a\n", slipway.CodeForbidden, "evil"},
		"frontend behind a mark":  {"\xef\xbb\xbf# syntax=evil\nFROM a\n", slipway.CodeForbidden, "evil"},
		"frontend in JSON":        {`{"syntax": "evil"}`, slipway.CodeForbidden, "evil"},
		"frontend with arguments": {"# syntax=" + pinned + " --more\nFROM a\n", slipway.CodeForbidden, "--more"},
		"another digest":          {"# syntax=" + strings.Replace(pinned, "0123", "9999", 1) + "\nFROM a\n", slipway.CodeForbidden, "9999"},
		"insecure":                {"FROM a\n\nRUN --security=insecure id\n", slipway.CodeForbidden, "Dockerfile:3: RUN --security=insecure"},
		"host network":            {"FROM a\nRUN --network=host \\\n id\n", slipway.CodeForbidden, "Dockerfile:2: RUN --network=host"},
		"no stage of that name":   {"FROM a AS b\n", slipway.CodeNotFound, `no stage "none"`},
		"nothing":                 {"", slipway.CodeInvalid, "cannot be read"},
		"no Dockerfile":           {"hello world\n", slipway.CodeInvalid, "cannot be read"},
	} {
		d := slipway.Dockerfile{File: "Dockerfile"}
		if c.code == slipway.CodeNotFound {
			d.Target = "none"
		}
		_, err := compile.ReadDockerfile([]byte(c.content), d, []string{pinned})
		e, ok := errors.AsType[*slipway.Error](err)
		if !ok || e.Code != c.code || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%s: %v (%s), want %s with %q", name, err, slipway.ErrorCode(err), c.code, c.says)
		}
	}
}

func TestLineOf(t *testing.T) {
	t.Parallel()
	content := []byte("# a comment\nFROM debian\n\nRUN make \\\n  all\nRUN test\nCOPY a b\nRUN test\n")
	for begin, want := range map[string]int{"RUN make all": 4, "RUN ma": 4, "COPY a b": 7, "RUN test": 0, "ADD": 0} {
		if got := compile.LineOf(content, begin); got != want {
			t.Errorf("%s: line %d, want %d", begin, got, want)
		}
	}
}

// Whatever a repository calls a Dockerfile, looking at it ends with an answer
// for a person.
func FuzzReadDockerfile(f *testing.F) {
	for _, seed := range []string{"FROM a", "# syntax=x\nFROM a", "ARG A=$B\nFROM ${A:-x} AS y\nRUN --mount=type=cache,id=z,target=/z x", "FROM a\nRUN <<EOF\nx\nEOF\n", `{"syntax":"x"}`} {
		f.Add(seed, "y")
	}
	f.Fuzz(func(t *testing.T, content, target string) {
		_, err := compile.ReadDockerfile([]byte(content), slipway.Dockerfile{File: "Dockerfile", Target: target}, nil)
		if _, ok := errors.AsType[*slipway.Error](err); err != nil && !ok {
			t.Errorf("%T is not for a person: %v", err, err)
		}
	})
}
