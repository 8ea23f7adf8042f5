package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestEnded_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		code int
		port int
		says string
	}{
		{"a crash", 1, 8080, "--env NAME=VALUE"},
		{"a worker's crash", 3, 0, "exit code 3"},
		{"a web service that does not stay", 0, 8080, "kind: task"},
		{"a task that is done", 0, 0, ""},
	} {
		err := ended(tt.code, tt.port)
		if tt.says == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		e, ok := errors.AsType[*slipway.Error](err)
		if !ok {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if text := e.Message + "\n" + e.Hint; e.Code != slipway.CodeFailed || !strings.Contains(text, tt.says) {
			t.Errorf("%s: %s: %q does not say %q", tt.name, e.Code, text, tt.says)
		}
	}
}
