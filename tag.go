package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// maxSlug is the longest branch part of an image tag; a whole tag may have
// 128 characters (OCI distribution specification 1.1).
const maxSlug = 40

var (
	notTag     = regexp.MustCompile(`[^a-z0-9._]+`)
	fixedTag   = regexp.MustCompile(`^v?\d+\.\d+\.\d+|-\d{14}-[0-9a-f]{8}(-dirty)?(-r\d+)?$|^(content|dir)-|^latest$|^$`)
	versionTag = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$`)
)

// Slug folds a branch name into what an image tag allows, at most 40
// characters. When folding lost something, 4 hex digits of the branch's hash
// keep two branches apart.
func Slug(branch string) string {
	s := strings.Trim(notTag.ReplaceAllString(strings.ToLower(branch), "-"), "-._")
	if s == branch && len(s) <= maxSlug { // also the empty branch
		return s
	}
	sum := sha256.Sum256([]byte(branch))
	const tail = 5 // hyphen and 4 digits
	if len(s) > maxSlug-tail {
		s = strings.TrimRight(s[:maxSlug-tail], "-._")
	}
	return strings.TrimLeft(s+"-"+hex.EncodeToString(sum[:2]), "-")
}

// ImageTag gives the n-th (from 1) immutable image tag of a revision:
// BRANCH-YYYYMMDDHHMMSS-SHA8, with the commit's time in UTC, or the version
// of a git tag like v1.2.3 or NAME/v1.2.3. From the second different image
// of a revision on, -rN is added. A directory's image says -dirty; one
// outside git is named by its build key, since there is no commit.
func (r Revision) ImageTag(n int, key BuildKey) string {
	base := r.baseTag(key)
	if n > 1 {
		return fmt.Sprintf("%s-r%d", base, n)
	}
	return base
}

func (r Revision) baseTag(key BuildKey) string {
	if r.SHA == "" {
		return "dir-" + key.Short()
	}
	if v := r.Version(); v != "" && !r.Dirty {
		return v
	}
	branch := Slug(r.Branch)
	if branch == "" {
		branch = "detached"
	}
	tag := fmt.Sprintf("%s-%s-%.8s", branch, r.Time.UTC().Format("20060102150405"), r.SHA)
	if r.Dirty {
		tag += "-dirty"
	}
	return tag
}

// Version gives the version of a git tag like v1.2.3 or NAME/v1.2.3, and ""
// for any other revision.
func (r Revision) Version() string {
	name := r.Tag[strings.LastIndex(r.Tag, "/")+1:]
	if m := versionTag.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return ""
}

// MovingTags lists the tags that follow the head of a branch, which a full
// ref names: the branch's slug, and of the default branch "latest", too. Other
// refs have none. A branch that is named like a tag which never moves gets 4
// hex digits of its hash.
func MovingTags(ref, defaultRef string) []string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return nil
	}
	tag := Slug(branch)
	if fixedTag.MatchString(tag) {
		sum := sha256.Sum256([]byte(branch))
		tag = strings.TrimLeft(tag[:min(len(tag), maxSlug-5)]+"-x"+hex.EncodeToString(sum[:2]), "-")
		if fixedTag.MatchString(tag) {
			tag = "branch-" + hex.EncodeToString(sum[:8])
		}
	}
	if ref == defaultRef {
		return []string{tag, "latest"}
	}
	return []string{tag}
}
