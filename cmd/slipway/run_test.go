package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
)

func TestEnded_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		code int
		port int
		said string
		says string
	}{
		{"a crash", 1, 8080, "no DATABASE_URL", "--env NAME=VALUE"},
		{"a worker's crash", 3, 0, "", "exit code 3"},
		{"a log file in Python", 1, 8080, "OSError: [Errno 30] Read-only file system: '/app/logs/app.log'", "writable: [data]"},
		{"a panic in Rust", 101, 0, "Os { code: 30, kind: ReadOnlyFilesystem }", "writable: [data]"},
		{"SQLite in Node.js", 1, 8080, "code: 'SQLITE_CANTOPEN'", "writable: [data]"},
		{"a web service that does not stay", 0, 8080, "", "kind: task"},
		{"a task that is done", 0, 0, "", ""},
	} {
		err := ended(tt.code, tt.port, tt.said)
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

func TestRunFlags_Instead(t *testing.T) {
	t.Parallel()
	config := v1.Config{
		Entrypoint: []string{"/usr/bin/tini", "--", "gunicorn"},
		Labels:     map[string]string{slipway.LabelRelease: `["python","migrate.py"]`},
	}
	for name, tt := range map[string]struct {
		flags runFlags
		want  []string
		code  slipway.Code
	}{
		"the image's own": {runFlags{}, nil, ""},
		"the release":     {runFlags{release: true}, []string{"/usr/bin/tini", "--", "python", "migrate.py"}, ""},
		"another":         {runFlags{program: []string{"python", "-V"}}, []string{"/usr/bin/tini", "--", "python", "-V"}, ""},
		"two at a time":   {runFlags{release: true, program: []string{"python"}}, nil, slipway.CodeUsage},
	} {
		got, err := tt.flags.instead(config)
		if diff := cmp.Diff(tt.want, got); diff != "" || slipway.ErrorCode(err) != tt.code {
			t.Errorf("%s: %v, -want +got:\n%s", name, err, diff)
		}
	}
	if _, err := (runFlags{release: true}).instead(v1.Config{}); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("an image without a release command: %v", err)
	}
}
