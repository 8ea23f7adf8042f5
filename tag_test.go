package slipway_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

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
