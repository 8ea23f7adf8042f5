package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// checkError wants an error for people: a code, a sentence that has the
// operand, and something that says what to do.
func checkError(t *testing.T, err error, code slipway.Code, sentence string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s with %q", code, sentence)
	}
	if got := slipway.ErrorCode(err); got != code {
		t.Errorf("code = %s, want %s: %v\n%s", got, code, err, details(err))
	}
	if !strings.Contains(err.Error(), sentence) {
		t.Errorf("error = %q, want it to say %q", err, sentence)
	}
}

func details(err error) string {
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		return e.Hint + "\n" + strings.Join(e.Details, "\n")
	}
	return ""
}
