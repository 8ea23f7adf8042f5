package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The lines are what go 1.26 and gcc 12 print.
func TestHintGo(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"main.go:3:8: missing go.sum entry for module providing package github.com/go-chi/chi/v5 (imported by example.com/x); to add:": "go mod tidy",
		"go: updates to go.mod needed; to update it:":                                                                                           "go mod tidy",
		"go: updating go.sum: open /src/go.sum: read-only file system":                                                                          "go mod tidy",
		"main.go:4:8: cannot find module providing package example.com/gen/pb: import lookup disabled by -mod=readonly":                         "commit it",
		"main.go:5:2: no required module provides package github.com/go-chi/chi/v5; to add it:":                                                 "package github.com/go-chi/chi/v5 is neither",
		"main.go:3:8: package example/pb is not in std (/usr/local/go/src/example/pb)":                                                          "package example/pb",
		"go: inconsistent vendoring in /src:":                                                                                                   "go mod vendor",
		"/usr/bin/ld: cannot find -lvips: No such file or directory":                                                                            "library vips is not there",
		"Package libpcap was not found in the pkg-config search path.":                                                                          "library libpcap is not there",
		"./main.go:5:11: fatal error: zmq.h: No such file or directory":                                                                         "library zmq is not there",
		"go: git.example.com/shop/money@v1.2.0: reading https://git.example.com/shop/money?go-get=1: 404 Not Found":                             "module git.example.com/shop/money is not public",
		"fatal: could not read Username for 'https://github.com': terminal prompts disabled":                                                    "",
		"go: github.com/shop/secret@v0.1.0: git ls-remote -q origin: exit status 128: fatal: could not read Username for 'https://github.com':": "module github.com/shop/secret is not public",
		"go: go.mod requires go >= 1.28 (running go 1.26.8; GOTOOLCHAIN=local)":                                                                 "go.mod needs Go 1.28 and the stack has 1.26.8",
		"./main.go:3:5: undefined: x": "",
	} {
		class, got := hintGo([]string{"# example.com/shop/cart", line})
		if strings.Contains(got, "go mod tidy") && class != slipway.ClassCode {
			t.Errorf("%s: the failure is of class %q", line, class)
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want …%s…", line, got, want)
		}
	}
}

func FuzzHintGo(f *testing.F) {
	f.Add("go: a.b/c@v1: 404 Not Found")
	f.Fuzz(func(t *testing.T, line string) {
		if _, got := hintGo([]string{line}); len(got) > len(line)+400 {
			t.Errorf("%d bytes of %d", len(got), len(line))
		}
	})
}
