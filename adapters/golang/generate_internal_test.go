package golang

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProtocolTargets(t *testing.T) {
	t.Parallel()
	text := "VERSION := 1\n.PHONY: all proto\n\nall: proto\n\tgo build ./...\n\nproto:\n\t@mkdir -p gen\n\tprotoc -I proto \\\n\t\t--go_out=gen a.proto\n\nbuf:\n\tbuf generate\n\nlint: proto\n\tprotoc-lint .\n"
	var got []string
	for _, m := range protocolTargets(text) {
		got = append(got, m.about)
	}
	if diff := cmp.Diff([]string{"proto", "buf"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestToolNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"protoc --go_out=. --go-grpc_out=. --python_out=. a.proto":                                                                         {"protoc-gen-go", "protoc-gen-go-grpc"},
		"protoc --plugin=protoc-gen-x=./x --x_out=. --descriptor_set_out=o":                                                                nil,
		"buf generate" + bufMark + "\nplugins:\n  - local: protoc-gen-go\n  - local: [go, tool, protoc-gen-b]\n  - protoc_builtin: java\n": {"protoc-gen-go", "buf"},
		"go tool buf generate" + bufMark + "\nversion: v1\nplugins:\n  - plugin: go\n  - name: go-grpc\n":                                  {"protoc-gen-go", "protoc-gen-go-grpc"},
	} {
		if diff := cmp.Diff(want, toolNames(text)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", text, diff)
		}
	}
}

func FuzzMakers(f *testing.F) {
	f.Add("proto:\n\tprotoc --go_out=. a.proto\n", "plugins:\n  - local: protoc-gen-go\n")
	f.Add("a:\n\tbuf generate\n", "plugins: [{remote: x/y}]")
	f.Fuzz(func(t *testing.T, makefile, template string) {
		for _, m := range protocolTargets(makefile) {
			if m.about == "" || m.line < 1 || !makesProtocols(m.text) {
				t.Errorf("%+v", m)
			}
		}
		for _, name := range toolNames(makefile + bufMark + template) {
			if name == "" || strings.Contains(name, "/") {
				t.Errorf("the tool %q", name)
			}
		}
	})
}
