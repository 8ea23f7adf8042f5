//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// failure is what a user has to be told of one.
type failure struct {
	exit    int
	code    slipway.Code
	class   slipway.Class
	says    string // part of the sentence
	hint    string // part of the hint
	details string // part of the evidence; "" where there need be none
}

// problem is an error as `--output json` prints it.
type problem struct {
	Code    slipway.Code  `json:"code"`
	Class   slipway.Class `json:"class"`
	Message string        `json:"message"`
	Hint    string        `json:"hint"`
	Details []string      `json:"details"`
}

// fails runs a build that has to fail, and gives how it went. The archive
// that it would have written must not be there, nor a part of it.
func (w *world) fails(t *testing.T, want failure, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	o := w.run(t, append([]string{"build", "--output", "json", "--oci", filepath.Join(dir, "image.tar")}, args...)...)
	want.check(t, o)
	nothingIn(t, dir)
	return o
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("half written: %s", e.Name())
	}
}

func (want failure) check(t *testing.T, o outcome) {
	t.Helper()
	if o.code == 0 {
		t.Errorf("exit code 0, want %d\n%s", want.exit, o.stdout)
		return
	}
	got := decode[struct{ Error problem }](t, o.stdout).Error
	details := strings.Join(got.Details, "\n")
	ok := o.code == want.exit && got.Code == want.code && got.Class == want.class &&
		strings.Contains(got.Message, want.says) && strings.Contains(got.Hint, want.hint) && got.Hint != "" &&
		strings.Contains(details, want.details) && !strings.Contains(got.Message, "\n")
	if !ok {
		t.Errorf("got exit code %d, %+v\nwant %+v\nprinted:\n%s", o.code, got, want, end(o.stderr))
		return
	}
	t.Logf("exit code %d after %.1f s: %s [%s]; hint: %s", o.code, o.took.Seconds(), got.Message, got.Class, got.Hint)
}

// end is the last lines of what a program printed, none too long.
func end(text string) string {
	const most, width = 20, 300
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(0, len(lines)-most):]
	for i, l := range lines {
		lines[i] = l[:min(len(l), width)]
	}
	return strings.Join(lines, "\n")
}
