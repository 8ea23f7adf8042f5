package compile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-ci/slipway"
)

// ReadDockerfile looks at a Dockerfile with the parser that will also build
// it, refuses what a step may not have, and gives the name of the image that
// the result stands on, "" for none and where a variable hides it. allowed are
// the frontends, REF@sha256:…, that may read it in BuildKit's place. Errors
// are *slipway.Error.
func ReadDockerfile(content []byte, d slipway.Dockerfile, allowed []string) (base string, err error) {
	if foreign, line, ok := frontend(content); ok {
		if !slices.Contains(allowed, foreign) {
			return "", refusedFrontend(d.File, line, foreign)
		}
		return "", nil // what it means is the frontend's to say
	}
	ast, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		return "", malformed(d.File, err)
	}
	stages, args, err := instructions.Parse(ast.AST, nil)
	if err != nil {
		return "", malformed(d.File, err)
	}
	for _, s := range stages {
		for _, c := range s.Commands {
			if run, ok := c.(*instructions.RunCommand); ok {
				if err := allowedRun(d.File, run); err != nil {
					return "", err
				}
			}
		}
	}
	return baseOf(stages, args, d)
}

// frontend gives the program that the file wants to be read by.
func frontend(content []byte) (ref string, line int, ok bool) {
	_, cmdline, where, ok := parser.DetectSyntax(content)
	if len(where) > 0 {
		line = where[0].Start.Line
	}
	return cmdline, line, ok
}

func refusedFrontend(file string, line int, ref string) error {
	err := slipway.Errorf(slipway.CodeForbidden, "%s:%d: the frontend %q may not read this file: it would run in the engine itself", file, line, ref).
		WithClass(slipway.ClassCode)
	if name, digest, pinned := strings.Cut(ref, "@sha256:"); pinned {
		return err.WithHint("take the line out, or allow it: --allow-frontend %s@sha256:%s", name, digest)
	}
	return err.WithHint("take the line out: BuildKit's own frontend knows what docker/dockerfile:1 does; another one is allowed by digest with --allow-frontend %s@sha256:…", ref)
}

// allowedRun refuses rights that no step has. BuildKit refuses them, too,
// but only once it is there, and without a line.
func allowedRun(file string, run *instructions.RunCommand) error {
	line := 0
	if where := run.Location(); len(where) > 0 {
		line = where[0].Start.Line
	}
	switch {
	case instructions.GetSecurity(run) == instructions.SecurityInsecure:
		return forbidden(file, line, "RUN --security=insecure")
	case instructions.GetNetwork(run) == instructions.NetworkHost:
		return forbidden(file, line, "RUN --network=host")
	}
	return nil
}

func forbidden(file string, line int, what string) error {
	return slipway.Errorf(slipway.CodeForbidden, "%s:%d: %s is not allowed: a step reaches nothing of the machine that it runs on", file, line, what).
		WithClass(slipway.ClassCode).WithHint("take the option out; package registries are reached without it")
}

func malformed(file string, err error) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s cannot be read as a Dockerfile", file).WithClass(slipway.ClassCode).
		Because(fmt.Errorf("%s", strings.Join(strings.Fields(err.Error()), " ")))
}
