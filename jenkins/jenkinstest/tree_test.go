package jenkinstest

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A request gets what its tree names and nothing else.
func TestWriteJSON(t *testing.T) {
	t.Parallel()
	list := []object{{"n": 1, "x": 1}, {"n": 2, "x": 2}, {"n": 3, "x": 3}}
	value := object{"_class": "c", "a": "b", "list": list, "one": object{"n": 4, "x": 4}, "none": nil}
	for tree, want := range map[string]string{
		"a":                       `{"_class":"c","a":"b"}`,
		"list[n]{0,2}":            `{"_class":"c","list":[{"n":1},{"n":2}]}`,
		"list[n]{1,9},one[x],zzz": `{"_class":"c","list":[{"n":2},{"n":3}],"one":{"x":4}}`,
		"none[n]":                 `{"_class":"c","none":null}`,
		"list[n":                  "",
		"list]":                   "",
		"a,,b":                    "",
		"list{0,x}":               "",
	} {
		w := httptest.NewRecorder()
		writeJSON(w, httptest.NewRequestWithContext(t.Context(), "GET", "/?"+url.Values{"tree": {tree}}.Encode(), nil), value)
		if got := w.Body.String(); want != "" && got != want || want == "" && w.Code != 400 {
			t.Errorf("%s: %d %s, want %s", tree, w.Code, got, want)
		}
	}
}

// What is written anew is what it was, however often.
func TestRewrite(t *testing.T) {
	t.Parallel()
	once, err := rewrite(Config("shop", "cart", "echo '<a>' && echo \"b\"\n", "somewhere"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"version='1.1'", "<triggers/>", "<configuredLocalRules/>", "<assignedNode>somewhere</assignedNode>"} {
		if !strings.Contains(once.text, want) {
			t.Errorf("no %s in\n%s", want, once.text)
		}
	}
	twice, err := rewrite([]byte(once.text))
	if err != nil || twice.text != once.text || twice.commands[0] != "echo '<a>' && echo \"b\"\n" {
		t.Errorf("%v\n%s\n%s", err, once.text, twice.text)
	}
	for _, bad := range []string{"", "<project>", "<unknown/>", "text"} {
		if c, err := rewrite([]byte(bad)); err == nil {
			t.Errorf("%q becomes %q", bad, c.text)
		}
	}
}
