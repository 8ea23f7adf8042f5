package solve

import (
	"strings"
	"testing"
)

// The lines are what protoc 3.21.12, protoc-gen-go 1.36.6 and Python 3.11
// print.
func TestHintProtoc(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"google/api/annotations.proto: File not found.":                                       "looks for google/api/annotations.proto",
		"nix: program not found or is not executable":                                         "plugin nix is not in the build",
		`protoc-gen-go: unable to determine Go import path for "clock.proto"`:                 "clock.proto does not say which Go package",
		"/app/.venv/bin/python: No module named grpc_tools":                                   "grpcio-tools is not installed",
		`clock.proto:6:1: Import "google/api/annotations.proto" was not found or had errors.`: "",
		"--go_out: protoc-gen-go: Plugin failed with status code 1.":                          "",
	} {
		got := hintProtoc([]string{"one line before", line})
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want …%s…", line, got, want)
		}
	}
}

func FuzzHintProtoc(f *testing.F) {
	f.Add("a.proto: File not found.")
	f.Fuzz(func(t *testing.T, line string) {
		if got := hintProtoc([]string{line}); len(got) > len(line)+400 {
			t.Errorf("%d bytes of %d", len(got), len(line))
		}
	})
}
