package solve

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"

	"github.com/slipway-ci/slipway"
)

// explain says whose failure an error is, with the evidence. The order of
// the questions matters: a full disk also fails a step.
func explain(err error, r Request, f *follower) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "no space left on"): // device, or the embedded registry's disk
		return diskFull().Because(err)
	case lost(err):
		return slipway.Errorf(slipway.CodeUnavailable, "the BuildKit daemon went away in the middle of the build").
			WithClass(slipway.ClassPlatform).WithHint("build again; what was finished is cached").Because(err)
	}
	if e, ok := errors.AsType[*imageError](err); ok {
		return slipway.Errorf(slipway.CodeUnavailable, "the stack image %s cannot be read", e.image).
			WithClass(slipway.ClassRegistry).WithHint("`slipway stack ls` shows what there is, `slipway stack build` makes it").Because(e.err)
	}
	if e, ok := errors.AsType[*dockerfileError](err); ok {
		return explainDockerfile(e, r, f)
	}
	if step, tail, ok := f.failed(); ok {
		return stepFailed(err, r, step, tail)
	}
	if isExport(text) {
		return slipway.Errorf(slipway.CodeUnavailable, "the content image could not be stored").
			WithClass(slipway.ClassRegistry).WithHint("build again; if it stays like this, see whether the registry has room and answers").Because(err)
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the build engine reported a fault").
		WithClass(slipway.ClassPlatform).WithHint("build again; if it stays like this, the engine's own log (logs/buildkitd.log in the data directory) may say more").Because(err)
}

// killedByLimit is the exit code of a process that got SIGKILL, which is what
// the kernel does to a step over its memory limit.
const killedByLimit = 137

func stepFailed(err error, r Request, step string, tail []string) error {
	code := exitCode(err)
	if slices.ContainsFunc(tail, saysDiskFull) {
		return diskFull().WithDetails(tail...)
	}
	if why, ok := notStarted(tail); ok {
		return startFailed(r, step, why).WithDetails(tail...)
	}
	if code == killedByLimit || r.Limits.Step.Memory > 0 && childKilled(tail) {
		return slipway.Errorf(slipway.CodeLimit, "step %q was killed: it used more memory than its limit of %s", step, bytesText(r.Limits.Step.Memory)).
			WithClass(slipway.ClassLimit).WithHint("raise --step-memory, or let the step use less").WithDetails(tail...)
	}
	if e := r.reads.refused(tail); e != nil {
		return slipway.Errorf(slipway.CodeFailed, "step %q ended with exit code %d: %s", step, code, e.Message).
			WithClass(slipway.ClassDependency).WithHint("%s", e.Hint).WithDetails(tail...)
	}
	r.Plan.Language = languageOf(r.Plan, step)
	class, hint := slipway.ClassCode, "mend the lines above; `slipway plan` shows what the step runs and why"
	known, says := meaning(r.Plan, tail)
	if reachesPackages(r.Plan, step) {
		if e := dependencyFailed(r, tail); e != nil && (says == "" || proxyKnowsBetter(r.Plan.Language)) {
			return e.WithClass(slipway.ClassDependency).WithDetails(tail...)
		}
		class, hint = slipway.ClassDependency, "a package could not be had: check its name and version, and that the registry is reachable and allowed"
	}
	if says == "" && !reachesPackages(r.Plan, step) {
		says = offlineHint(r.Plan, tail)
	}
	if says != "" {
		class, hint = cmp.Or(known, class), says
	}
	return slipway.Errorf(slipway.CodeFailed, "step %q ended with exit code %d", step, code).
		WithClass(class).WithHint("%s", hint).WithDetails(tail...)
}

func diskFull() *slipway.Error {
	return slipway.Errorf(slipway.CodeUnavailable, "the disk of the build engine is full").
		WithClass(slipway.ClassPlatform).WithHint("free space below the data directory, then build again")
}

// saysDiskFull tells a line that ends as programs end one of a write for which
// the disk had no room (strerror(3) of ENOSPC): Rust and Node.js put a word
// behind it. All that a step writes to is the engine's disk.
func saysDiskFull(line string) bool {
	_, after, found := strings.Cut(strings.ToLower(line), "no space left on device")
	return found && (after == "" || after == " (os error 28)" || after == ", write")
}

// notStarted gives what runc said of a step that it could not start: it is
// all that such a step prints.
func notStarted(tail []string) (why string, ok bool) {
	if len(tail) != 1 {
		return "", false
	}
	return strings.CutPrefix(tail[0], "runc run failed: ")
}

// containerNeeds is below what runc needs to start any program: with 3 MiB it
// came up in no case, with 4 in all that were tried (runc 1.1, Linux 6.18).
const containerNeeds = 4 << 20

// startFailed tells a limit below what a container itself needs from an
// engine that cannot start any.
func startFailed(r Request, step, why string) *slipway.Error {
	if m := r.Limits.Step.Memory; strings.Contains(why, "memory limit") || m > 0 && m < containerNeeds {
		return slipway.Errorf(slipway.CodeLimit, "step %q could not start within its memory limit of %s", step, bytesText(m)).
			WithClass(slipway.ClassLimit).WithHint("raise --step-memory")
	}
	return slipway.Errorf(slipway.CodeUnavailable, "the build engine could not start step %q", step).
		WithClass(slipway.ClassPlatform).WithHint("`slipway doctor` looks at what the engine needs of this machine")
}

// childKilled tells that a process which the step had started got SIGKILL,
// as the go command says of its compilers: then the step itself ends with an
// exit code of its own.
func childKilled(tail []string) bool {
	return slices.ContainsFunc(tail, func(l string) bool { return strings.HasSuffix(l, "signal: killed") })
}

// languageOf is the language whose tools a step runs.
func languageOf(p slipway.Plan, step string) slipway.Language {
	i := slices.IndexFunc(p.Steps, func(s slipway.Step) bool { return s.Name == step && s.In != "" })
	if i < 0 {
		return p.Language
	}
	return p.Steps[i].In
}

func reachesPackages(p slipway.Plan, step string) bool {
	for _, s := range p.Steps {
		if s.Name == step {
			return s.Network == slipway.NetworkPackages
		}
	}
	return false
}

func exitCode(err error) uint32 {
	if e, ok := errors.AsType[*gatewaypb.ExitError](err); ok {
		return e.ExitCode
	}
	return 0
}

// lost tells that the connection broke, rather than that the daemon answered.
func lost(err error) bool {
	text := err.Error()
	if grpcerrors.Code(err) == codes.Unavailable && (strings.Contains(text, "EOF") || strings.Contains(text, "connection refused")) {
		return true
	}
	// A step or a source that was refused says so, too: only of a socket it is
	// the daemon's.
	return strings.Contains(text, "transport is closing") || strings.Contains(text, "dial unix") && strings.Contains(text, "connection refused")
}

func isExport(text string) bool {
	return strings.Contains(text, "failed to push") || strings.Contains(text, "failed to copy")
}

func bytesText(n int64) string {
	const mib = 1 << 20
	return fmt.Sprintf("%d MiB", n/mib)
}
