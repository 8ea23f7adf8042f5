package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestDependencyFailed(t *testing.T) {
	t.Parallel()
	settings := slipway.Settings{Netrc: []byte("machine forge.example\nlogin ci password x\n"), Private: []string{"forge.example"}}
	for about, c := range map[string]struct {
		tail       string
		says, hint string // "" nothing is known
	}{
		"no credentials, through the proxy": {
			"go: other.example/x.git@v1: no secure protocol found for repository\nproxy network requests:\n- GET https://other.example:8443/x/info/refs?service=git-upload-pack -> 401",
			"other.example:8443 asks for credentials", "machine other.example login",
		},
		"wrong credentials, through the proxy": {"- GET https://forge.example/x -> 401", "forge.example refuses the credentials", "`machine forge.example`"},
		"credentials were asked for and taken": {"- GET https://forge.example/x -> 401\n- GET https://forge.example/x -> 200\nno", "", ""},
		"no credentials, said by git":          {"\tfatal: could not read Username for 'https://other.example': terminal prompts disabled", "other.example asks for credentials", "netrc"},
		"wrong credentials, said by git":       {"fatal: Authentication failed for 'https://forge.example/x/'", "forge.example refuses the credentials", "netrc"},
		"not reached, not named":               {"- GET https://10.0.0.1/x -> 502", "10.0.0.1 could not be reached", "SLIPWAY_PRIVATE_HOSTS=10.0.0.1"},
		"not reached, named":                   {"- GET https://forge.example/x -> 502", "forge.example could not be reached", "SLIPWAY_CA=FILE"},
		"a private module at a public proxy": {
			"go: forge.example/x@v1.0.0: reading https://mirror.example/forge.example/x/@v/v1.0.0.mod: 404 Not Found",
			"mirror.example does not give the module forge.example/x", "GOPRIVATE=forge.example",
		},
		"a private module of a forge of many owners": {
			"go: github.com/shop/x@v1.0.0: reading https://mirror.example/github.com/shop/x/@v/v1.0.0.mod: 404 Not Found",
			"mirror.example does not give the module github.com/shop/x", "GOPRIVATE=github.com/shop ",
		},
		"a private module at the checksum database": {
			"go: forge.example/x@v1.0.0: verifying go.mod: forge.example/x@v1.0.0/go.mod: reading https://sum.example/lookup/forge.example/x@v1.0.0: 404 Not Found",
			"sum.example does not give the module forge.example/x", "GOPRIVATE=forge.example",
		},
		"a mirror that did not answer for a module": {
			"go: forge.example/x@v1.0.0: reading https://mirror.example/forge.example/x/@v/v1.0.0.mod: 502 Bad Gateway\n- GET https://mirror.example/forge.example/x/@v/v1.0.0.mod -> 502",
			"mirror.example could not be reached", "is it up?",
		},
		"a mirror with too much to do": {"- GET https://mirror.example/x -> 503", "mirror.example answers 503", "build again"},
		"something else":               {"no space\n- GET https://forge.example/x -> 404", "", ""},
		"nothing":                      {"", "", ""},
	} {
		got := dependencyFailed(Request{Settings: settings, Plan: slipway.Plan{Language: slipway.LanguageGo}}, strings.Split(c.tail, "\n"))
		switch {
		case got == nil && c.says != "":
			t.Errorf("%s: nothing is said, want %q", about, c.says)
		case got != nil && (c.says == "" || !strings.HasPrefix(got.Message, c.says) || !strings.Contains(got.Hint, c.hint)):
			t.Errorf("%s: %q, %q; want %q, %q", about, got.Message, got.Hint, c.says, c.hint)
		}
	}
}

// What steps print is foreign: it makes a sentence or none, never more lines.
func FuzzDependencyFailed(f *testing.F) {
	f.Add("- GET https://[::1%25/x -> 401\n", "machine machine")
	f.Add("go: a@b: reading https://x: 404 \n- GET https://a\x00b/ -> 502", "")
	f.Fuzz(func(t *testing.T, output, netrc string) {
		e := dependencyFailed(Request{Settings: slipway.Settings{Netrc: []byte(netrc)}, Plan: slipway.Plan{Language: slipway.LanguageGo}}, strings.Split(output, "\n"))
		if e != nil && strings.ContainsAny(e.Message+e.Hint, "\n\r\x00") {
			t.Errorf("%q and %q are not one line each", e.Message, e.Hint)
		}
	})
}
