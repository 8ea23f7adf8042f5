package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestImportsGenerated(t *testing.T) {
	t.Parallel()
	text := "import os\nimport a.b_pb2 as b\nfrom c import d_pb2, d_pb2_grpc as g, other\n\ndef f():\n    from .e_pb2 import Name, x_pb2\n    from . import h_pb2_grpc\n    from .. import (i_pb2)\n"
	var got []string
	for _, w := range importsGenerated("x.py", text) {
		got = append(got, repo.At(w.name, w.line))
	}
	want := []string{"a.b_pb2:2", "c.d_pb2:3", "c.d_pb2:3", ".e_pb2:6", ".h_pb2:7", "..i_pb2:8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func FuzzImportsGenerated(f *testing.F) {
	f.Add("from . import a_pb2\nimport b_pb2_grpc\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range importsGenerated("x.py", text) {
			if w.name == "" || !strings.HasSuffix(w.name, "_pb2") || w.line < 1 {
				t.Errorf("%+v", w)
			}
		}
	})
}
