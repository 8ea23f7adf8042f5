package source

import (
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/slipway-ci/slipway"
)

// ref is one line of what a server advertises.
type ref struct {
	Name   string // full name, or HEAD
	SHA    string // the commit; of an annotated tag what it leads to
	Target string // of a symbolic reference, else ""
}

var (
	wholeID = regexp.MustCompile(`^[0-9a-f]{40}$`)
	shortID = regexp.MustCompile(`^[0-9a-f]{7,39}$`)
)

// resolved is what a Ref means on the server just now.
type resolved struct {
	wanted
	branch, tag string
}

// resolve finds what short means as git does: a full name, a tag, a branch,
// then the beginning of a commit id that some reference has.
func resolve(refs []ref, short, repository string) (resolved, error) {
	byName := make(map[string]ref, len(refs))
	for _, r := range refs {
		byName[r.Name] = r
	}
	if short == "" || short == "HEAD" {
		return head(byName, repository)
	}
	for _, name := range []string{short, "refs/" + short, "refs/tags/" + short, "refs/heads/" + short} {
		if r, ok := byName[name]; ok {
			return named(r), nil
		}
	}
	if shortID.MatchString(short) {
		return abbreviated(refs, short, repository)
	}
	return resolved{}, slipway.Errorf(slipway.CodeNotFound, "there is no branch or tag %q in %s", short, repository).
		WithHint("%s", similarHint(refs, short)).WithDetails(similar(refs, short)...)
}

func head(byName map[string]ref, repository string) (resolved, error) {
	r, ok := byName["HEAD"]
	if !ok {
		hint := "push a commit to it"
		if len(byName) > 0 {
			hint = "name a branch after #, for instance #main: its HEAD leads nowhere"
		}
		return resolved{}, slipway.Errorf(slipway.CodeNotFound, "%s has no commit to build", repository).WithHint("%s", hint)
	}
	if r.Target != "" {
		r.Name = r.Target
	}
	return named(r), nil
}

func named(r ref) resolved {
	out := resolved{wanted: wanted{SHA: r.SHA, Name: r.Name}}
	out.branch, _ = strings.CutPrefix(r.Name, "refs/heads/")
	if out.branch == r.Name {
		out.branch = ""
	}
	if tag, ok := strings.CutPrefix(r.Name, "refs/tags/"); ok {
		out.tag = tag
	}
	return out
}

func abbreviated(refs []ref, short, repository string) (resolved, error) {
	var found []string
	for _, r := range refs {
		if strings.HasPrefix(r.SHA, short) && !slices.Contains(found, r.SHA) {
			found = append(found, r.SHA)
		}
	}
	switch len(found) {
	case 1:
		return resolved{wanted: wanted{SHA: found[0]}}, nil
	case 0:
		return resolved{}, slipway.Errorf(slipway.CodeNotFound, "no branch or tag of %s is at a commit %s…", repository, short).
			WithHint("give all 40 digits of the commit")
	}
	return resolved{}, slipway.Errorf(slipway.CodeAmbiguous, "%s can be several commits of %s", short, repository).
		WithHint("give all 40 digits of the commit").WithDetails(found...)
}

// similar lists the names that short may have been meant as, at most five.
func similar(refs []ref, short string) []string {
	type candidate struct {
		name string
		far  int
	}
	var list []candidate
	for _, r := range refs {
		name, ok := strings.CutPrefix(r.Name, "refs/heads/")
		if !ok {
			name, ok = strings.CutPrefix(r.Name, "refs/tags/")
		}
		if !ok || len(name) > 250 {
			continue
		}
		far := levenshtein.Distance(strings.ToLower(short), strings.ToLower(name), nil)
		if strings.Contains(name, short) || strings.Contains(short, name) || far <= 1+len(short)/3 {
			list = append(list, candidate{name, far})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if a.far != b.far {
			return a.far - b.far
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, 0, 5)
	for _, c := range list[:min(5, len(list))] {
		names = append(names, c.name)
	}
	return names
}

func similarHint(refs []ref, short string) string {
	if names := similar(refs, short); len(names) > 0 {
		return "it has " + strings.Join(names, ", ")
	}
	return "see `git ls-remote` for what it has"
}
