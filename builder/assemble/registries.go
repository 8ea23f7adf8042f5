package assemble

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// registries are where packages come from: addresses without a final slash.
type registries struct {
	npm, pypi, maven string
	tokens           []token
}

// token is what a registry wants to see: the Authorization field of requests
// for what lies below an address.
type token struct{ below, authorization string }

// registriesOf gives those that the settings of the languages' tools name,
// the others from what the tools have built in.
func registriesOf(s slipway.Settings, builtIn registries) registries {
	r := registries{npm: builtIn.npm, pypi: builtIn.pypi, maven: builtIn.maven}
	r.readNpmrc(s.Tools[slipway.ToolNpm])
	r.readPip(s.Tools[slipway.ToolPip])
	r.readMaven(s.Tools[slipway.ToolMaven])
	return r
}

// complete tells whether the settings name all, so that nothing built in is
// needed.
func complete(s slipway.Settings) bool {
	r := registriesOf(s, registries{})
	return r.npm != "" && r.pypi != "" && r.maven != ""
}

// take sets an address from a setting, when it is one.
func take(to *string, setting string) {
	u, err := url.Parse(strings.TrimSpace(setting))
	if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		*to = strings.TrimRight(u.String(), "/")
	}
}

// readNpmrc reads the registry, and the tokens that are said for an address.
func (r *registries) readNpmrc(file []byte) {
	for key, value := range assignments(file, "#;") {
		if key == "registry" {
			take(&r.npm, value)
		}
		if below, ok := strings.CutSuffix(key, ":_authToken"); ok {
			r.tokens = append(r.tokens, token{below, "Bearer " + value})
		}
		if below, ok := strings.CutSuffix(key, ":_auth"); ok {
			r.tokens = append(r.tokens, token{below, "Basic " + value})
		}
	}
}

// readPip reads the index, which may have a login in its address.
func (r *registries) readPip(file []byte) {
	for key, value := range assignments(file, "#;") {
		if key == "index-url" {
			take(&r.pypi, value)
		}
	}
}

// readMaven reads the mirror of Maven Central.
func (r *registries) readMaven(file []byte) {
	var settings struct {
		Mirrors []struct {
			Of  string `xml:"mirrorOf"`
			URL string `xml:"url"`
		} `xml:"mirrors>mirror"`
	}
	if err := xml.Unmarshal(file, &settings); err != nil {
		return // not there, or Maven itself will say what is wrong with it
	}
	for _, m := range settings.Mirrors {
		for of := range strings.SplitSeq(m.Of, ",") {
			switch strings.TrimSpace(of) {
			case "*", "central", "external:*":
				take(&r.maven, m.URL)
				return
			}
		}
	}
}

// assignments gives the NAME = VALUE lines of a settings file.
func assignments(file []byte, comment string) map[string]string {
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(file))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		key, value, ok := strings.Cut(line, "=")
		if ok && !strings.ContainsAny(line[:1], comment) {
			values[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return values
}

// authorization gives what to show for an address: the token of the longest
// one that it lies below, over https only.
func (r registries) authorization(u *url.URL) string {
	best, longest := "", -1
	for _, t := range r.tokens {
		below := strings.TrimSuffix(strings.TrimPrefix(t.below, "//"), "/") + "/"
		if strings.HasPrefix(u.Host+u.EscapedPath()+"/", below) && len(below) > longest && u.Scheme == "https" {
			best, longest = t.authorization, len(below)
		}
	}
	return best
}
