//go:build e2e

package e2e_test

import (
	"crypto/sha1" // the form of yarn 1's lockfile
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// managerCase is a service with the office's package, and where the machine's
// user tells the package manager of its registry.
type managerCase struct {
	name     string
	files    map[string]string // beside package.json and server.js
	manager  string            // of package.json
	settings string            // in the user's home
	with     string            // what it says with the token
	without  string            // and without
	error    []string          // what the build then says
	own      map[string]string // files by which the repository itself says so, with a secret
}

func managerCases(r *npmRegistry) []managerCase {
	npmrc := "@office:registry=" + r.url + "/\n"
	yarnrc := "npmScopes:\n  office:\n    npmRegistryServer: " + r.url + "\n"
	bunfig := "[install.scopes]\noffice = { url = \"" + r.url + "/\""
	return []managerCase{
		{
			name: "yarn1", manager: "yarn@1.22.22", settings: ".npmrc", with: npmrc + "//" + r.host + "/:_authToken=" + r.token + "\n", without: npmrc,
			error: []string{r.host, ":_authToken="},
			own:   map[string]string{".npmrc": npmrc + "//" + r.host + "/:_authToken=${OFFICE_TOKEN}\nalways-auth=true\n"},
			files: map[string]string{"yarn.lock": fmt.Sprintf("# yarn lockfile v1\n\n\n\"@office/words@1.0.0\":\n  version \"1.0.0\"\n  resolved \"%s/@office/words/-/words-1.0.0.tgz#%x\"\n  integrity %s\n", r.url, sha1.Sum(r.tarball), r.integrity())},
		},
		{
			name: "yarn4", manager: "yarn@4.13.0", settings: ".yarnrc.yml", with: yarnrc + "    npmAuthToken: " + r.token + "\n", without: yarnrc,
			error: []string{"@office/words", "registry"},
			own:   map[string]string{".yarnrc.yml": yarnrc + "    npmAuthToken: \"${OFFICE_TOKEN-}\"\n"},
		},
		{
			name: "bun", manager: "bun@1.3.5", settings: ".bunfig.toml", with: bunfig + ", token = \"" + r.token + "\" }\n", without: bunfig + " }\n",
			error: []string{r.host, ":_authToken="},
			own:   map[string]string{"bunfig.toml": bunfig + ", token = \"$OFFICE_TOKEN\" }\n"},
			files: map[string]string{"bun.lock": fmt.Sprintf(`{
  "lockfileVersion": 1,
  "workspaces": {"": {"name": "desk", "dependencies": {"@office/words": "1.0.0"}}},
  "packages": {"@office/words": ["@office/words@1.0.0", "%s/@office/words/-/words-1.0.0.tgz", {}, %q]}
}
`, r.url, r.integrity())},
		},
	}
}

// TestNode_PrivateRegistryOfOtherManagers builds with yarn and bun what a
// registry with a certificate of the office's own gives to those with a
// token: with the user's own settings of the tool, and with settings that
// lack the token.
func TestNode_PrivateRegistryOfOtherManagers(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newSecureNpmRegistry(t, a)
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	home := t.TempDir()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(bundle)+"\n"+string(a.pem))
	w := newWorld(t, "HOME="+home, "SLIPWAY_CA="+ca, "NPM_CONFIG_USERCONFIG=", "npm_config_userconfig=")
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, r.token)
	for _, c := range managerCases(r) {
		dir := c.tree(t)
		settings := filepath.Join(home, c.settings)
		service := "office/" + c.name

		write(t, settings, c.without)
		o := w.run(t, "build", dir, "--service", service)
		for _, text := range c.error {
			if o.code != 1 || !strings.Contains(o.stderr, text) {
				t.Errorf("%s without a token: exit code %d, want 1, and %q in\n%s", c.name, o.code, text, o.stderr)
			}
		}

		write(t, settings, c.with)
		built := w.build(t, dir, "--service", service)
		if strings.Contains(built.stderr, r.token) {
			t.Errorf("%s: the log has the token", c.name)
		}
		w.must(t, "check", "--run", service+":"+built.Image.Tag)
		if err := os.Remove(settings); err != nil {
			t.Fatal(err)
		}

		for name, text := range c.own {
			write(t, filepath.Join(dir, name), text)
		}
		write(t, filepath.Join(dir, "slipway.yaml"), "services:\n  - name: "+c.name+"-own\n    secrets: [OFFICE_TOKEN]\n")
		if own := w.build(t, dir, "--service", service+"-own", "--secret", "OFFICE_TOKEN=@"+token); strings.Contains(own.stderr, r.token) {
			t.Errorf("%s, with settings of the repository's own: the log has the token", c.name)
		}
	}
}

// tree is a service that needs the package.
func (c managerCase) tree(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	write(t, filepath.Join(dir, "package.json"), `{"name": "desk", "packageManager": "`+c.manager+`", "scripts": {"start": "node server.js"}, "dependencies": {"@office/words": "1.0.0"}}`)
	write(t, filepath.Join(dir, "server.js"), "require('node:http').createServer((q, s) => s.end(require('@office/words'))).listen(process.env.PORT);\n")
	for name, text := range c.files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}
