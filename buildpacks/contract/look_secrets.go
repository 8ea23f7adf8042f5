package contract

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

const secretHint = "take the secret out, replace it wherever it is in use (whoever has the image has it), and give it at run time"

// lookSecrets finds files that are secrets by name or by content. Content is
// searched in text only: a program may well contain the words of a PEM
// header.
func lookSecrets(s *subject, e entry) {
	if !e.regular() {
		return
	}
	says := ""
	if what := secretName(e.name); what != "" {
		says = "is " + what
	} else if what := secretContent(e); what != "" {
		says = "contains " + what
	}
	switch {
	case says == "":
	case e.vendored():
		// Its authors published it: what is in there is no secret of the
		// service's, but a test's key or an example.
		s.contents(RuleLean).note("/%s in layer %d, of a dependency, %s", e.name, e.layer, says)
	default:
		s.contents(RuleLean).find(secretHint, "/%s in layer %d %s", e.name, e.layer, says)
	}
}

func secretName(name string) string {
	base := path.Base(name)
	switch base {
	case "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519":
		return "an SSH private key"
	case ".netrc", "_netrc", ".git-credentials", ".pgpass", ".pypirc":
		return "a file of credentials"
	}
	for _, end := range []string{".aws/credentials", ".docker/config.json", ".kube/config"} {
		if strings.HasSuffix("/"+name, "/"+end) {
			return "a file of credentials"
		}
	}
	if suffix, ok := strings.CutPrefix(base, ".env"); ok && (suffix == "" || suffix[0] == '.') &&
		!slices.Contains([]string{".example", ".sample", ".template", ".dist", ".defaults"}, suffix) {
		return "a file of settings that belongs to one machine"
	}
	return ""
}

// secretForms are told by their own look, so that a finding is seldom wrong:
// PEM (RFC 7468) with a body behind the header, and the tokens whose makers
// gave them a prefix for this purpose.
//
//nolint:gochecknoglobals // compiled once
var secretForms = []struct {
	form *regexp.Regexp
	what string
	file string // only in files of this name; "" is all
}{
	{regexp.MustCompile(`(?m)^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----\r?\n[A-Za-z0-9+/=]`), "a private key", ""},
	{regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`), "an AWS access key", ""},
	{regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b`), "a GitHub token", ""},
	{regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`), "a GitLab token", ""},
	{regexp.MustCompile(`(?m)_(authToken|auth|password)\s*=\s*[^\s$]`), "a credential of a package registry", ".npmrc"},
}

func secretContent(e entry) string {
	if bytes.IndexByte(e.head, 0) >= 0 {
		return ""
	}
	for _, s := range secretForms {
		if s.file != "" && s.file != path.Base(e.name) {
			continue
		}
		if s.form.Match(e.head) {
			return s.what
		}
	}
	return ""
}
