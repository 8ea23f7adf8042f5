package repo

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestToolVersion_IsTheNearest(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		".tool-versions":          {Data: []byte("# tools\r\nnodejs 20.1.0 # why\r\nruby latest\r\n")},
		"apps/web/package.json":   {Data: []byte("{}")},
		"apps/api/.tool-versions": {Data: []byte("golang 1.26\nnode 22.3.0 20.0.0\n")},
	}
	for dir, want := range map[string]string{
		"apps/web": "20.1.0 .tool-versions:2",
		"apps/api": "22.3.0 apps/api/.tool-versions:2",
		".":        "20.1.0 .tool-versions:2",
	} {
		v, e, found, err := ToolVersion(Service{Tree: tree, Dir: dir}, "nodejs", "node")
		if got := v + " " + e.File + ":" + string(rune('0'+e.Line)); err != nil || !found || got != want {
			t.Errorf("%s: %s, %t, %v, want %s", dir, got, found, err, want)
		}
	}
	if v, _, found, err := ToolVersion(Service{Tree: tree, Dir: "."}, "ruby"); found || err != nil {
		t.Errorf("latest is taken as the version %q, %v", v, err)
	}
}

func FuzzToolVersion(f *testing.F) {
	f.Add("nodejs 20\n#x\nnode")
	f.Fuzz(func(t *testing.T, text string) {
		v, line := toolVersion(text, []string{"nodejs"})
		if line > 0 && !strings.Contains(text, v) || line < 0 {
			t.Errorf("%q in line %d of %q", v, line, text)
		}
	})
}
