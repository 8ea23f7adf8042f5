package java

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProperties(t *testing.T) {
	t.Parallel()
	got := properties("# c\r\n! c\r\ndistributionUrl=https\\://dist.example/gradle-8.5-bin.zip\r\nkey : a value\n=x\nlone\n")
	want := map[string]string{"distributionUrl": "https://dist.example/gradle-8.5-bin.zip", "key": "a value"}
	values := map[string]string{}
	for key, s := range got {
		values[key] = s.value
	}
	if d := cmp.Diff(want, values); d != "" {
		t.Error(d)
	}
	if got["distributionUrl"].line != 3 {
		t.Errorf("line %d, want 3", got["distributionUrl"].line)
	}
}

func TestGradleVersion(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://dist.example/gradle-8.10.2-bin.zip":     "8.10.2",
		"https://dist.example/gradle-8.5-all.zip":        "8.5",
		"https://dist.example/gradle-9.0-rc-1-bin.zip":   "9.0-rc-1",
		"https://dist.example/office-gradle-8.5-bin.zip": "8.5",
		"https://dist.example/build.zip":                 "build",
		"":                                               "",
	} {
		if got := gradleVersion(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func FuzzProperties(f *testing.F) {
	for _, seed := range []string{"a=b", "a:b\\:c", "# x\n\\", "=", "distributionUrl=https\\://d.example/gradle-8-bin.zip\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for key, s := range properties(text) {
			if key == "" || strings.ContainsAny(key, "=: \t\n") || s.line < 1 || strings.Contains(s.value, "\n") {
				t.Errorf("%q: %+v", key, s)
			}
		}
	})
}
