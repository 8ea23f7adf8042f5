package slipway_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestValidRef(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"refs/heads/main", "refs/tags/v1.2.3", "refs/heads/feature/x-1", "refs/heads/ünï", "refs/heads/a@b", "refs/tags/cart/v1"} {
		if !slipway.ValidRef(ref) {
			t.Errorf("%q is refused", ref)
		}
	}
	for _, ref := range []string{
		"", "main", "HEAD", "refs/heads/", "refs/heads", "refs/remotes/x", "refs/heads/-x", "refs/heads/--upload-pack=x", "refs/heads/a..b",
		"refs/heads/a b", "refs/heads/a\nb", "refs/heads/a\x00", "refs/heads/a~1", "refs/heads/a^", "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*",
		"refs/heads/a[", `refs/heads/a\b`, "refs/heads/a//b", "refs/heads/a/", "refs/heads/.a", "refs/heads/a/.b", "refs/heads/a.lock", "refs/heads/a.lock/b",
		"refs/heads/a.", "refs/heads/@{1}", "refs/heads/@", "refs/heads/../../config", "refs/heads/" + strings.Repeat("a", 600),
	} {
		if slipway.ValidRef(ref) {
			t.Errorf("%q is taken", ref)
		}
	}
}

func TestEvent_Fork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event slipway.Event
		want  bool
	}{
		"a push":          {slipway.Event{Repository: "a/b"}, false},
		"own branch":      {slipway.Event{Repository: "a/b", Pull: &slipway.PullRequest{Source: "A/B"}}, false},
		"a fork":          {slipway.Event{Repository: "a/b", Pull: &slipway.PullRequest{Source: "c/b"}}, true},
		"a fork, gone":    {slipway.Event{Repository: "a/b", Pull: &slipway.PullRequest{}}, true},
		"nobody's at all": {slipway.Event{Pull: &slipway.PullRequest{Source: "x/y"}}, true},
	} {
		if got := c.event.Fork(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestEvent_Deleted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event slipway.Event
		want  bool
	}{
		"a branch that is gone":        {slipway.Event{Kind: slipway.EventPush}, true},
		"a tag that is gone":           {slipway.Event{Kind: slipway.EventTag}, true},
		"a push":                       {slipway.Event{Kind: slipway.EventPush, After: "a"}, false},
		"a closed pull request":        {slipway.Event{Kind: slipway.EventPullRequest, Pull: &slipway.PullRequest{Action: slipway.PullClosed}}, true},
		"a pull request without head":  {slipway.Event{Kind: slipway.EventPullRequest, Pull: &slipway.PullRequest{Action: slipway.PullOpened}}, false},
		"a person asks, names no head": {slipway.Event{Kind: slipway.EventManual}, false},
		"Jenkins asks, names no head":  {slipway.Event{Kind: slipway.EventJenkins}, false},
	} {
		if got := c.event.Deleted(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
