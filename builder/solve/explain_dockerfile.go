package solve

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// dockerfileError marks what BuildKit said of a Dockerfile that it was given.
type dockerfileError struct{ err error }

func (e *dockerfileError) Error() string { return e.err.Error() }
func (e *dockerfileError) Unwrap() error { return e.err }

var (
	noImage  = regexp.MustCompile(`failed to resolve source metadata for (\S+): (.*)`)
	noFile   = regexp.MustCompile(`"([^"]+)": not found`)
	noRights = regexp.MustCompile(`(network\.host|security\.insecure|device) is not allowed`)
)

// explainDockerfile says which line failed and who can mend it.
func explainDockerfile(e *dockerfileError, r Request, f *follower) error {
	text, where := oneLine(e.Error()), r.location(e, f)
	fail := func(code slipway.Code, class slipway.Class, format string, args ...any) *slipway.Error {
		return slipway.Errorf(code, "%s: %s", where, fmt.Sprintf(format, args...)).WithClass(class)
	}
	if strings.Contains(text, "denied by policy") {
		return fail(slipway.CodeForbidden, slipway.ClassCode, "an image of another service may not be built upon").
			WithHint("of the embedded registry only the stacks are open to a Dockerfile; share files through a package registry")
	}
	if m := noRights.FindStringSubmatch(text); m != nil {
		return fail(slipway.CodeForbidden, slipway.ClassCode, "%s is not allowed to a step", m[1]).WithHint("take the option out")
	}
	if step, tail, ok := f.failed(); ok && exitCode(e) != 0 {
		return dockerfileStep(fail, e, r, step, tail)
	}
	if m := noImage.FindStringSubmatch(text); m != nil {
		return fail(slipway.CodeFailed, slipway.ClassRegistry, "the image %s cannot be had", m[1]).
			WithHint("check its name and that its registry is reachable from here; `slipway.internal/stacks/…` are the images that `slipway stack build` has made and `slipway stack ls` names").
			Because(errors.New(m[2]))
	}
	if m := noFile.FindStringSubmatch(text); m != nil {
		return fail(slipway.CodeFailed, slipway.ClassCode, "%q is not in the build context", m[1]).
			WithHint("check the spelling, .dockerignore and what git ignores; the context is the service's directory (path:)")
	}
	return fail(slipway.CodeFailed, slipway.ClassCode, "BuildKit cannot build it").WithHint("mend the line").Because(errors.New(text))
}

func dockerfileStep(fail func(slipway.Code, slipway.Class, string, ...any) *slipway.Error, err error, r Request, step string, tail []string) error {
	failed := stepFailed(err, r, step, tail)
	if e, ok := errors.AsType[*slipway.Error](failed); ok && e.Code != slipway.CodeFailed {
		return e // a limit, or the platform
	}
	return fail(slipway.CodeFailed, slipway.ClassCode, "%q ended with exit code %d", step, exitCode(err)).
		WithHint("mend what the lines above say").WithDetails(tail...)
}

// location is FILE:LINE of the instruction that failed, FILE when neither
// BuildKit nor the instruction's text tells. BuildKit loses the place of a
// step that runs behind its recording proxy (v0.34.2).
func (r Request) location(err error, f *follower) string {
	file := r.Plan.Dockerfile.File
	for _, s := range errdefs.Sources(err) {
		if len(s.Ranges) > 0 && s.Ranges[0].Start != nil {
			return fmt.Sprintf("%s:%d", file, s.Ranges[0].Start.Line)
		}
	}
	step, _, _ := f.failed()
	_, shown, _ := strings.Cut(strings.TrimSuffix(step, "…"), "] ")
	if line := compile.LineOf(r.Dockerfile.Content, shown); shown != "" && line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
