package builder

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

// keyring opens everything and says nothing.
type keyring struct{ rewrites []slipway.GitRewrite }

func (k keyring) UploadPack(context.Context, slipway.SSHRepository, string, io.Reader, io.Writer) error {
	return nil
}
func (k keyring) Rewrites(context.Context) []slipway.GitRewrite { return k.rewrites }

func repository(t *testing.T, text string) slipway.SSHRepository {
	t.Helper()
	r, err := slipway.ParseSSHRepository(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuilder_git(t *testing.T) {
	t.Parallel()
	goMod := func(module string) fstest.MapFS {
		return fstest.MapFS{"go.mod": {Data: []byte("module example.com/x\n\nrequire (\n\t" + module + " v1.2.3\n)\n")}}
	}
	lock := slipway.Plan{Language: slipway.LanguageNode, Path: ".", SSH: []string{"git.corp.example/shop/prices"}}
	module := slipway.Plan{Language: slipway.LanguageGo, Path: "services/api"}
	for about, c := range map[string]struct {
		plan    slipway.Plan
		files   fstest.MapFS
		private map[string]string
		trust   slipway.Trust
		keys    Keys
		may     []string // with ! in front: refused
		refuses string   // what reading says
		nothing bool
	}{
		"named":        {plan: lock, keys: keyring{}, may: []string{"git@git.corp.example:shop/prices.git", "ssh://me@git.corp.example/shop/prices", "!git@git.corp.example:shop/other.git", "!ssh://git@git.corp.example:2222/shop/prices", "!git@git.elsewhere.example:shop/prices"}},
		"stranger":     {plan: lock, keys: keyring{}, trust: slipway.TrustStranger, refuses: "a stranger's code gets no key"},
		"no key":       {plan: lock, refuses: "this build has no key for repositories over ssh: git.corp.example/shop/prices"},
		"none named":   {plan: slipway.Plan{Language: slipway.LanguageNode, Path: "."}, keys: keyring{}, nothing: true},
		"a Dockerfile": {plan: slipway.Plan{Language: slipway.LanguageDockerfile, SSH: lock.SSH, Dockerfile: &slipway.Dockerfile{}}, keys: keyring{}, nothing: true},
		"own module": {
			plan: module, files: goMod("git.corp.example/team/greet.git"), private: map[string]string{"GOPRIVATE": "*.corp.example"}, keys: keyring{},
			may: []string{"ssh://git@git.corp.example/team/greet", "ssh://git@git.corp.example:2222/team/more.git", "!ssh://git@github.com/team/greet"},
		},
		"part of a host": {
			plan: module, files: goMod("github.com/ours/greet"), private: map[string]string{"GOPRIVATE": "github.com/ours", "GONOPROXY": ""}, keys: keyring{},
			may: []string{"git@github.com:ours/greet.git", "!git@github.com:others/greet.git", "!git@github.com:oursnot/greet.git"},
		},
		"open module":    {plan: module, files: goMod("github.com/others/greet"), private: map[string]string{"GOPRIVATE": "github.com/ours"}, keys: keyring{}, nothing: true},
		"all by a proxy": {plan: module, files: goMod("github.com/ours/greet"), private: map[string]string{"GOPRIVATE": "github.com/ours", "GONOPROXY": "none"}, keys: keyring{}, nothing: true},
	} {
		b := &Builder{Settings: slipway.Settings{Go: c.private}, Keys: c.keys}
		g := b.git(t.Context(), c.files, c.trust, c.plan)
		if (g == nil) != c.nothing {
			t.Errorf("%s: %+v", about, g)
		}
		for _, text := range c.may {
			address, refused := strings.CutPrefix(text, "!")
			if err := g.May(repository(t, address)); (err != nil) != refused || err != nil && slipway.ErrorCode(err) != slipway.CodeForbidden {
				t.Errorf("%s: %s: %v", about, text, err)
			}
		}
		if c.refuses != "" {
			err := g.Repositories.UploadPack(t.Context(), repository(t, "git@git.corp.example:shop/prices.git"), "", nil, nil)
			if e, ok := errors.AsType[*slipway.Error](err); !ok || !strings.Contains(e.Message, c.refuses) || e.Hint == "" {
				t.Errorf("%s: %v", about, err)
			}
		}
	}
}

// TestNarrowed keeps https for what is not the organisation's own.
func TestNarrowed(t *testing.T) {
	t.Parallel()
	type rewrites = []slipway.GitRewrite
	for _, c := range []struct {
		private string
		given   rewrites
		want    rewrites
	}{
		{"git.corp.example", rewrites{{From: "https://git.corp.example/", To: "ssh://git@git.corp.example/"}}, rewrites{{From: "https://git.corp.example/", To: "ssh://git@git.corp.example/"}}},
		{"*.corp.example,github.com/ours", rewrites{{From: "https://git.corp.example/", To: "git@git.corp.example:"}, {From: "https://github.com/", To: "git@github.com:"}}, rewrites{{From: "https://git.corp.example/", To: "git@git.corp.example:"}, {From: "https://github.com/ours", To: "git@github.com:ours"}}},
		{"github.com", rewrites{{From: "https://github.com/ours/", To: "git@github.com:ours/"}}, rewrites{{From: "https://github.com/ours/", To: "git@github.com:ours/"}}},
		{"github.com/our*/x", rewrites{{From: "https://github.com/", To: "git@github.com:"}}, rewrites{{From: "https://github.com/", To: "git@github.com:"}}},
		{"github.com/ours", rewrites{{From: "https://github.com/others/", To: "git@github.com:others/"}, {From: "gh:", To: "git@github.com:"}, {From: "https://gitlab.com/", To: "git@gitlab.com:"}}, nil},
	} {
		if diff := cmp.Diff(c.want, narrowed(c.given, c.private)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.private, diff)
		}
	}
}
