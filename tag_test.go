package slipway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
)

func TestSlug_KeepsWhatFits(t *testing.T) {
	t.Parallel()
	for _, branch := range []string{"main", "release-1.2", "v2_x", strings.Repeat("a", 40), ""} {
		if got := slipway.Slug(branch); got != branch {
			t.Errorf("Slug(%q) = %q, want it unchanged", branch, got)
		}
	}
}

func TestSlug_KeepsBranchesApart(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`^[a-z0-9_][a-z0-9._-]{0,39}$`)
	seen := map[string]string{}
	for _, branch := range []string{
		"feature/cart", "Feature/Cart", "feature-cart", "日本語", "日本", "-", "..", "a\nb",
		strings.Repeat("a", 41), strings.Repeat("a", 300), strings.Repeat("-", 50),
	} {
		got := slipway.Slug(branch)
		if !allowed.MatchString(got) {
			t.Errorf("Slug(%q) = %q, not allowed in a tag", branch, got)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("Slug(%q) = Slug(%q) = %q", branch, other, got)
		}
		seen[got] = branch
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("feature/cart")
	f.Add("\xff-")
	allowed := regexp.MustCompile(`^[a-z0-9_][a-z0-9._-]{0,39}$`)
	f.Fuzz(func(t *testing.T, branch string) {
		if got := slipway.Slug(branch); branch != "" && !allowed.MatchString(got) {
			t.Errorf("Slug(%q) = %q, not allowed in a tag", branch, got)
		}
	})
}

func TestRevision_ImageTag(t *testing.T) {
	t.Parallel()
	const sha = "0123456789abcdef0123456789abcdef01234567"
	at := time.Date(2026, 11, 23, 23, 5, 57, 0, time.FixedZone("", 3600))
	key := slipway.BuildKey(strings.Repeat("ab", 32))
	tests := map[string]struct {
		revision slipway.Revision
		n        int
		want     string
	}{
		"branch, time in UTC": {slipway.Revision{SHA: sha, Branch: "main", Time: at}, 1, "main-20261123220557-01234567"},
		"second image":        {slipway.Revision{SHA: sha, Branch: "main", Time: at}, 2, "main-20261123220557-01234567-r2"},
		"git tag":             {slipway.Revision{SHA: sha, Branch: "main", Tag: "v1.2.3", Time: at}, 1, "1.2.3"},
		"git tag, second":     {slipway.Revision{SHA: sha, Tag: "v1.2.3", Time: at}, 3, "1.2.3-r3"},
		"service's git tag":   {slipway.Revision{SHA: sha, Tag: "cart/v1.2.3-rc.1", Time: at}, 1, "1.2.3-rc.1"},
		"other git tag":       {slipway.Revision{SHA: sha, Tag: "nightly", Time: at}, 1, "detached-20261123220557-01234567"},
		"directory":           {slipway.Revision{SHA: sha, Branch: "main", Time: at, Dirty: true}, 1, "main-20261123220557-01234567-dirty"},
		"directory at a tag":  {slipway.Revision{SHA: sha, Tag: "v1.2.3", Time: at, Dirty: true}, 1, "detached-20261123220557-01234567-dirty"},
		"outside git":         {slipway.Revision{Dirty: true}, 1, "dir-abababababab"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.revision.ImageTag(tt.n, key); got != tt.want {
				t.Errorf("ImageTag(%d) = %q, want %q", tt.n, got, tt.want)
			}
		})
	}
}

func TestRevision_String(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]slipway.Revision{
		"abc":       {SHA: "abc"},
		"abc-dirty": {SHA: "abc", Dirty: true},
		"dirty":     {Dirty: true},
	} {
		if got := r.String(); got != want {
			t.Errorf("%+v.String() = %q, want %q", r, got, want)
		}
	}
}

func TestMovingTags(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string][]string{
		"refs/heads/main":                            {"main", "latest"},
		"refs/heads/Feature/Cart":                    {slipway.Slug("Feature/Cart")},
		"refs/tags/v1.2.3":                           nil,
		"refs/heads/latest":                          {"latest-x" + hashOf("latest")},
		"refs/heads/main-20260102030405-0123abcd":    {"main-20260102030405-0123abcd-x" + hashOf("main-20260102030405-0123abcd")},
		"refs/heads/main-20260102030405-0123abcd-r2": {"main-20260102030405-0123abcd-r2-x" + hashOf("main-20260102030405-0123abcd-r2")},
	} {
		if d := cmp.Diff(want, slipway.MovingTags(ref, "refs/heads/main")); d != "" {
			t.Errorf("%s:\n%s", ref, d)
		}
	}
	// What never moves must not be what moves.
	for _, branch := range []string{"1.2.3", "v1.2.3", "content-abc", "dir-1", "1.2.3-rc1", "---"} {
		for _, tag := range slipway.MovingTags("refs/heads/"+branch, "") {
			if tag == branch || tag == "" || strings.HasPrefix(tag, "content-") || strings.HasPrefix(tag, "dir-") || strings.HasPrefix(tag, "1.2.3") || strings.HasPrefix(tag, "v1.2.3") {
				t.Errorf("the branch %s moves the tag %q", branch, tag)
			}
		}
	}
}

func hashOf(branch string) string {
	sum := sha256.Sum256([]byte(branch))
	return hex.EncodeToString(sum[:2])
}
