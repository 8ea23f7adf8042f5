package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func TestGitRewrites(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "gitconfig")
	write(t, file, `
[url "ssh://git@git.corp.example:2222/"]
	insteadOf = https://git.corp.example/
	insteadOf = https://old.corp.example/
[url "git@github.com:"]
	insteadOf = https://github.com/
	pushInsteadOf = https://gitlab.com/
[url "https://mirror.example/"]
	insteadOf = https://elsewhere.example/
[url "ssh://-oProxyCommand=id/"]
	insteadOf = https://evil.example/
[include]
	path = more
`)
	write(t, filepath.Join(dir, "more"), "[url \"ssh://git@more.example/\"]\n\tinsteadOf = https://more.example/\n")
	t.Setenv("GIT_CONFIG_GLOBAL", file)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	want := []slipway.GitRewrite{
		{From: "https://git.corp.example/", To: "ssh://git@git.corp.example:2222/"},
		{From: "https://old.corp.example/", To: "ssh://git@git.corp.example:2222/"},
		{From: "https://github.com/", To: "git@github.com:"},
		{From: "https://more.example/", To: "ssh://git@more.example/"},
	}
	if diff := cmp.Diff(want, gitRewrites(t.Context())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	origin := slipway.Origin{URL: "ssh://git@git.corp.example:2222/shop/cart.git", Credential: slipway.Credential{SSHKey: "a key"}}
	if diff := cmp.Diff(want[:2], connectionKeys{origin: origin}.Rewrites(t.Context())); diff != "" {
		t.Errorf("a connection's (-want +got):\n%s", diff)
	}
	origin.Credential = slipway.Credential{}
	if got := (connectionKeys{origin: origin}).Rewrites(t.Context()); len(got) > 0 {
		t.Errorf("without a key: %v", got)
	}
}

// TestConnectionKeys_OwnHost keeps a connection's key for its own host, and there for
// its own port: behind others something else may listen.
func TestConnectionKeys_OwnHost(t *testing.T) {
	t.Parallel()
	for about, origin := range map[string]slipway.Origin{
		"another host": {URL: "git@git.corp.example:shop/cart.git", Credential: slipway.Credential{SSHKey: "a key"}},
		"another port": {URL: "ssh://git@git.elsewhere.example:2222/shop/cart.git", Credential: slipway.Credential{SSHKey: "a key"}},
		"no key":       {URL: "git@git.elsewhere.example:shop/cart.git"},
		"not named":    {URL: "git@git.elsewhere.example:shop/cart.git", Reads: []string{"shop/prices"}, Credential: slipway.Credential{SSHKey: "a key"}},
		"by https":     {URL: "https://git.elsewhere.example/shop/cart.git", Credential: slipway.Credential{Password: "x"}},
	} {
		k := connectionKeys{origin: origin}
		err := k.UploadPack(t.Context(), slipway.SSHRepository{Host: "git.elsewhere.example", Path: "a"}, "", nil, nil)
		if slipway.ErrorCode(err) != slipway.CodeForbidden {
			t.Errorf("%s: %v", about, err)
		}
	}
}
