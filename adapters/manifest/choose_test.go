package manifest_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

func TestFile_Choose(t *testing.T) {
	t.Parallel()
	none := manifest.File{}
	unnamed := manifest.File{Services: []manifest.Service{{Path: ".", Port: 1}}}
	one := manifest.File{Services: []manifest.Service{{Name: "api", Path: "svc/api", Port: 1}}}
	two := manifest.File{Services: []manifest.Service{{Name: "api", Path: "svc"}, {Name: "worker", Path: "svc"}, {Name: "web", Path: "web"}}}
	for _, c := range []struct {
		about     string
		file      manifest.File
		name, dir string
		want      manifest.Service
		code      slipway.Code
	}{
		{"nothing declared", none, "", ".", manifest.Service{Path: "."}, ""},
		{"nothing declared, named", none, "api", "svc", manifest.Service{Name: "api", Path: "svc"}, ""},
		{"one without a name takes any", unnamed, "cart", ".", manifest.Service{Name: "cart", Path: "."}, ""},
		{"one need not be named", one, "", ".", manifest.Service{Name: "api", Path: "svc/api"}, ""},
		{"one under another name", one, "cart", ".", manifest.Service{}, slipway.CodeNotFound},
		{"a directory without a declaration", one, "tool", "tools/x", manifest.Service{Name: "tool", Path: "tools/x"}, ""},
		{"a name in another directory", one, "api", "web", manifest.Service{}, slipway.CodeUsage},
		{"several", two, "", ".", manifest.Service{}, slipway.CodeAmbiguous},
		{"several in the directory", two, "", "svc", manifest.Service{}, slipway.CodeAmbiguous},
		{"one in the directory", two, "", "web", manifest.Service{Name: "web", Path: "web"}, ""},
		{"by name", two, "worker", ".", manifest.Service{Name: "worker", Path: "svc"}, ""},
		{"by name and directory", two, "worker", "svc", manifest.Service{Name: "worker", Path: "svc"}, ""},
		{"no such name", two, "cart", ".", manifest.Service{}, slipway.CodeNotFound},
	} {
		got, err := c.file.Choose(c.name, c.dir)
		if slipway.ErrorCode(err) != c.code || got.Name != c.want.Name || got.Path != c.want.Path {
			t.Errorf("%s: %s in %s, %v; want %s in %s, %q", c.about, got.Name, got.Path, err, c.want.Name, c.want.Path, c.code)
		}
	}
}
