package slipway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func TestParseSSHRepository(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		slipway.SSHRepository
		name string
	}{
		"ssh://git@git.corp.example/shop/prices.git":             {slipway.SSHRepository{User: "git", Host: "git.corp.example", Path: "/shop/prices.git"}, "git.corp.example/shop/prices"},
		"git+ssh://git@Git.Corp.example:2222/shop/prices":        {slipway.SSHRepository{User: "git", Host: "git.corp.example", Port: "2222", Path: "/shop/prices"}, "git.corp.example:2222/shop/prices"},
		"ssh://git.corp.example:22/shop/a%20b.git/":              {slipway.SSHRepository{Host: "git.corp.example", Path: "/shop/a b.git/"}, "git.corp.example/shop/a b"},
		"git@git.corp.example:shop/prices.git":                   {slipway.SSHRepository{User: "git", Host: "git.corp.example", Path: "shop/prices.git"}, "git.corp.example/shop/prices"},
		"git+ssh://git@git.corp.example:shop/prices.git":         {slipway.SSHRepository{User: "git", Host: "git.corp.example", Path: "shop/prices.git"}, "git.corp.example/shop/prices"},
		"ssh://me:word@git.corp.example/~/prices.git":            {slipway.SSHRepository{User: "me", Host: "git.corp.example", Path: "/~/prices.git"}, "git.corp.example/prices"},
		"ssh://git.corp.example/~me/prices":                      {slipway.SSHRepository{Host: "git.corp.example", Path: "/~me/prices"}, "git.corp.example/~me/prices"},
		"ssh://APKAEXAMPLE@git-codecommit.example/v1/repos/shop": {slipway.SSHRepository{User: "APKAEXAMPLE", Host: "git-codecommit.example", Path: "/v1/repos/shop"}, "git-codecommit.example/v1/repos/shop"},
	} {
		got, err := slipway.ParseSSHRepository(text)
		if diff := cmp.Diff(want.SSHRepository, got); err != nil || diff != "" || got.Name() != want.name {
			t.Errorf("%s: %v, name %s, want %s (-want +got):\n%s", text, err, got.Name(), want.name, diff)
		}
	}
	for _, text := range []string{
		"", "https://git.corp.example/a", "git.corp.example:a", "ssh://git@/a", "ssh://git@host", "ssh://git@host/", "ssh://git@host/~", "git@host:",
		"ssh://-oProxyCommand=x/a", "ssh://-l@host/a", "ssh://git@ho st/a", "ssh://git@[::1]/a", "ssh://git@host:0/a", "ssh://git@host:65536/a", "ssh://git@host:0022/a",
		"git@-host:a", "-x@host:a", "git@host:-a", "git@host:a'b", "git@host:a$b", "git@host:a`b", "git@host:a\\b", "git@host:a!b", "git@host:a\nb", "git@host:a\x00b",
		"git@host:../a", "git@host:a/../../b", "ssh://git@host/a/..", "ssh://git@host/a%27b", "ssh://git@host/%2e%2e/b", "git@host:\xff", "git@host:" + strings.Repeat("a", 1025),
	} {
		if got, err := slipway.ParseSSHRepository(text); slipway.ErrorCode(err) != slipway.CodeInvalid {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

func FuzzParseSSHRepository(f *testing.F) {
	for _, seed := range []string{"ssh://git@host:22/a.git", "git+ssh://git@host:a/b", "git@host:a/../b", "ssh://-o@h/x", "ssh://h/%27;id;%27"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := slipway.ParseSSHRepository(text)
		if err != nil {
			return
		}
		for _, part := range []string{r.Login(), r.Path} {
			if part == "" || part[0] == '-' || strings.ContainsAny(part, "'\"\\`$\n\x00") {
				t.Errorf("%q gives %q", text, part)
			}
		}
		if strings.ContainsAny(r.Login(), " ;&|<>()%") || r.Name() != strings.TrimSpace(r.Name()) && !strings.Contains(r.Path, " ") {
			t.Errorf("%q gives %q, %q", text, r.Login(), r.Name())
		}
		if again, err := slipway.ParseSSHRepository("ssh://" + r.Login() + ":" + map[bool]string{true: r.Port, false: "22"}[r.Port != ""] + "/" + strings.TrimLeft(strings.ReplaceAll(r.Path, "%", "%25"), "/")); err == nil && again.Name() != r.Name() {
			t.Errorf("%q is %q, then %q", text, r.Name(), again.Name())
		}
	})
}

func TestCutSCP(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"git@Git.corp.example:shop/prices.git": {"git", "git.corp.example", "shop/prices.git"},
		"me@host:/srv/a":                       {"me", "host", "/srv/a"},
		"host:a":                               {}, "git@host": {}, "git@host:": {}, "git@host:-a": {}, "-x@host:a": {}, "git@-host:a": {},
		"git@host:a:b": {}, "ssh://git@host:22/a": {}, "https://me@host:a": {}, "": {},
	} {
		user, host, path, ok := slipway.CutSCP(text)
		if got := [3]string{user, host, path}; got != want || ok != (want[0] != "") {
			t.Errorf("%q is cut into %q, %t", text, got, ok)
		}
	}
}
