package api_test

import (
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/slipway-ci/slipway"
)

func TestREST_CredentialsThatOpenNothingAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	key, sealed, public := sshKeys(t)
	for name, c := range map[string]struct {
		clone slipway.Credential
		says  string // "" it is taken
	}{
		"a key":                    {clone: slipway.Credential{SSHKey: key}},
		"a password":               {clone: slipway.Credential{User: "bot", Password: "hunter2"}},
		"hosts":                    {clone: slipway.Credential{SSHKey: key, KnownHosts: "# ours\n\nforge.example " + public + "\r\n@revoked * " + public}},
		"a public key":             {slipway.Credential{SSHKey: public}, "not a private key in PEM"},
		"a key with a passphrase":  {slipway.Credential{SSHKey: sealed}, "has a passphrase"},
		"a name for a key":         {slipway.Credential{SSHKey: "id_ed25519"}, "not a private key in PEM"},
		"hosts without keys":       {slipway.Credential{SSHKey: key, KnownHosts: "forge.example\n"}, "line 1 of the known hosts"},
		"hosts of which one is no": {slipway.Credential{SSHKey: key, KnownHosts: "forge.example " + public + "\nhunter2 is no key"}, "line 2 of the known hosts"},
	} {
		clone, err := json.Marshal(c.clone)
		must(t, err)
		paths := map[string]string{"PATCH": "/api/v1/connections/" + w.ids["connection"]}
		if c.says != "" { // nothing comes of it
			paths["POST"] = "/api/v1/teams/shop/connections"
		}
		for method, path := range paths {
			body := `{"clone":` + string(clone) + `}`
			if method == http.MethodPost {
				body = `{"forge":"gitlab","repository":"shop/x","url":"https://forge.example/shop/x.git","clone":` + string(clone) + `}`
			}
			got := w.ask(t, "maintainer", method, path, body)
			if bad := got.status == http.StatusBadRequest; bad != (c.says != "") || !strings.Contains(string(got.body), c.says) {
				t.Errorf("%s, %s: %d %s", name, method, got.status, got.body)
			}
			if strings.Contains(string(got.body), "hunter2") {
				t.Errorf("%s is shown: %s", name, got.body)
			}
		}
	}
}

// sshKeys gives a private key, the same with a passphrase, and the public one.
func sshKeys(t *testing.T) (key, sealed, public string) {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	must(t, err)
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("sesame"))
	must(t, err)
	shown, err := ssh.NewPublicKey(pub)
	must(t, err)
	return string(pem.EncodeToMemory(block)), string(pem.EncodeToMemory(locked)), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(shown)))
}
