package java

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMavenConfig(t *testing.T) {
	t.Parallel()
	got := parseMavenConfig("# ours\n-T\r\n1C\n-Drevision=1.2\n-DskipIt\n--define\nnext=3\n-Pprod,-dev\n--activate-profiles=more\n-s\n.mvn/settings.xml\n-gsci/global.xml\n--settings=a.xml\n--show-version\n-s")
	values := map[string]string{}
	for name, s := range got.properties {
		values[name] = s.value
	}
	if d := cmp.Diff(map[string]string{"revision": "1.2", "skipIt": "true", "next": "3"}, values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"prod", "-dev", "more"}, got.profiles); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{".mvn/settings.xml", "ci/global.xml", "a.xml"}, got.settings); d != "" {
		t.Error(d)
	}
}

func FuzzParseMavenConfig(f *testing.F) {
	for _, seed := range []string{"-Da=b", "-P\nx", "-s", "--settings=", "-gs=x\n-D", "--define"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := parseMavenConfig(text)
		for name, s := range c.properties {
			if s.line < 1 || strings.Contains(name+s.value, "\n") {
				t.Errorf("%q: %+v", name, s)
			}
		}
	})
}
