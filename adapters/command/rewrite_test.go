package command_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/adapters/command"
)

func TestRewrite(t *testing.T) {
	t.Parallel()
	scripts := map[string]string{"one": "node a.js", "two": "node b.js && node c.js", "odd": "node d.js || true", "said": "node e.js # first", "ends": "node f.js;", "both": "node g.js & node h.js &"}
	for line, want := range map[string]string{
		"run one && run one":           "node a.js && node a.js",
		"run two && serve":             "node b.js && node c.js && serve",
		"run two || true":              "{ node b.js && node c.js; } || true",
		"A=b run one -p $PORT":         "A=b node a.js -p $PORT",
		"A=b run two || true":          "( export A=b && node b.js && node c.js; ) || true",
		"x && A=b C=\"d e\" run two":   "x && export A=b C=\"d e\" && node b.js && node c.js",
		"run odd && serve":             "{ node d.js || true; } && serve",
		"if run one; then run two; fi": "if node a.js; then { node b.js && node c.js; }; fi",
		"run said && serve":            "node e.js && serve",
		"run ends || run said":         "node f.js || node e.js",
		"run both && serve":            "{ node g.js & node h.js &\n } && serve",
		"A=$(run one) run two || true": "( export A=$(node a.js) && node b.js && node c.js; ) || true",
		"npx serve -l $PORT":           "serve -l $PORT",
		"npx":                          "",
		"$RUN one":                     "$RUN one",
		"run 'one":                     "run 'one",
		"echo $(run one)":              "echo $(node a.js)",
	} {
		got := command.Rewrite(line, func(words []string) (int, string) {
			switch {
			case len(words) > 0 && words[0] == "npx":
				return 1, ""
			case len(words) > 1 && words[0] == "run":
				return 2, scripts[words[1]]
			}
			return 0, ""
		})
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestRewrite_long(t *testing.T) {
	t.Parallel()
	line := strings.TrimSuffix(strings.Repeat("run x;", command.MaxLine/6), ";")
	text := strings.Repeat("x", 1<<20)
	got := command.Rewrite(line, func([]string) (int, string) { return 2, text })
	if len(got) > 3*len(text) {
		t.Errorf("%d bytes came of it", len(got))
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add("npx a && (npm run b || c $(npx d)) ; A=1 npx e $F", "x && y")
	f.Add("A=$(b cccccccccccc) d || e", "x && y")
	f.Fuzz(func(t *testing.T, line, text string) {
		if got := command.Rewrite(line, func([]string) (int, string) { return 0, text }); got != line {
			t.Errorf("%q became %q", line, got)
		}
		command.Rewrite(line, func(words []string) (int, string) { return len(words), text })
	})
}
