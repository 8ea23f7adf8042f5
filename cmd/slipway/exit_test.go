package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[slipway.Code]int{
		slipway.CodeUsage:       2,
		slipway.CodeInvalid:     1,
		slipway.CodeNotFound:    1,
		slipway.CodeAmbiguous:   1,
		slipway.CodeForbidden:   1,
		slipway.CodeFailed:      1,
		slipway.CodeLimit:       1,
		slipway.CodeBusy:        75,
		slipway.CodeUnavailable: 75,
		slipway.CodeInternal:    75,
	} {
		if got := exitCode(fmt.Errorf("x: %w", slipway.Errorf(code, "no"))); got != want {
			t.Errorf("exit code of %s is %d, want %d", code, got, want)
		}
	}
	if got := exitCode(nil); got != 0 {
		t.Errorf("exit code of success is %d", got)
	}
	if got := exitCode(errors.New("defect")); got != 75 {
		t.Errorf("exit code of a defect is %d, want 75", got)
	}
	if got := exitCode(fmt.Errorf("x: %w", context.Canceled)); got != 75 {
		t.Errorf("exit code of an interrupt is %d, want 75", got)
	}
}

func TestReport_EvidenceThenSentenceThenHint(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	report(&b, slipway.Errorf(slipway.CodeFailed, "step %q ended with exit code 1", "compile").
		WithClass(slipway.ClassCode).WithHint("mend it").WithDetails("main.go:3:1: \x1b]0;x\x07 no"))
	want := "  main.go:3:1: \\x1b]0;x\\x07 no\nslipway: step \"compile\" ended with exit code 1 [your code]\n  hint: mend it\n"
	if b.String() != want {
		t.Errorf("report writes %q, want %q", b.String(), want)
	}
}

func TestExecute_WrongUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"build"},
		{"build", ".", "."},
		{"nonsense"},
		{"build", "--nonsense", "."},
		{"plan", "--output", "xml", "."},
		{"build", "ext::sh -c id"},
		{"build", "file:///etc"},
		{"build", ".", "--service", "Shop/Cart"},
		{"stack", "build", "go@latest"},
	} {
		var out, err bytes.Buffer
		a := &app{out: &out, err: &err, env: func(string) (string, bool) { return t.TempDir(), false }}
		if code := a.execute(t.Context(), append(args, "--data", t.TempDir())); code != exitUsage {
			t.Errorf("slipway %s: exit code %d, want %d (%s)", strings.Join(args, " "), code, exitUsage, err.String())
		}
		if !strings.HasPrefix(err.String(), "slipway: ") && !strings.Contains(out.String(), `"code": "usage"`) {
			t.Errorf("slipway %s writes %q", strings.Join(args, " "), err.String())
		}
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestExecute_AResultThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, output := range []string{"text", "json"} {
		var stderr bytes.Buffer
		a := &app{out: full{}, err: &stderr, env: func(string) (string, bool) { return "", false }}
		if code := a.execute(t.Context(), []string{"plan", "../../e2e/services/go/hello", "--data", t.TempDir(), "--output", output}); code != exitTransient {
			t.Errorf("%s: exit code %d (%s)", output, code, stderr.String())
		}
	}
}
