package compile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	s := slipway.Settings{
		CA:     []byte("pem"),
		Go:     map[string]string{"GOPROXY": "https://proxy.example,direct", "GOPRIVATE": "", "GOSUMDB": "off\nEVIL=1"},
		Netrc:  []byte("machine x"),
		Debian: slipway.DebianMirror{URL: "http://mirror.example/debian/"},
	}
	direct := map[string][]byte{
		"slipway.ca":       []byte("pem"),
		"slipway.go.env":   []byte("GOPROXY=https://proxy.example,direct\n"),
		"slipway.netrc":    []byte("machine x"),
		"slipway.apt.conf": []byte("Dir::Etc::SourceList \"/run/slipway/sources.list\";\nDir::Etc::SourceParts \"/dev/null\";\n"),
		"slipway.apt.sources": []byte("deb http://mirror.example/debian trixie main\ndeb http://mirror.example/debian trixie-updates main\n" +
			"deb http://mirror.example/debian-security trixie-security main\n"),
	}
	if diff := cmp.Diff(direct, compile.Secrets(s, slipway.StackImage{Name: "docker.io/library/python:3.13-slim-trixie"}, false)); diff != "" {
		t.Errorf("without the recording proxy (-want +got):\n%s", diff)
	}
	delete(direct, "slipway.ca") // the proxy's own CA must not be hidden
	if diff := cmp.Diff(direct, compile.Secrets(s, slipway.StackImage{Name: "docker.io/library/python:3.13-slim-trixie"}, true)); diff != "" {
		t.Errorf("behind the recording proxy (-want +got):\n%s", diff)
	}
}
