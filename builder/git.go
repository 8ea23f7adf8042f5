package builder

import (
	"context"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
	"github.com/slipway-ci/slipway/builder/solve"
)

// Keys open git repositories over ssh, for the steps of a build and without
// them. Its answers are for this one build.
type Keys interface {
	solve.Repositories
	// Rewrites are addresses that this machine's git reads by others which the
	// keys may open.
	Rewrites(ctx context.Context) []slipway.GitRewrite
}

// git is what a build may read over ssh: the repositories that its manifests
// and lock files name so, and of the modules that are the organisation's own
// (GOPRIVATE) those that the go command asks for. It is nil where none are
// named: such a build's steps are as if there were no ssh.
func (b *Builder) git(ctx context.Context, tree fs.FS, trust slipway.Trust, plan slipway.Plan) *solve.Git {
	private := b.privateModules(tree, plan)
	if plan.Dockerfile != nil || len(plan.SSH) == 0 && private == "" {
		return nil
	}
	g := &solve.Git{Repositories: b.Keys, May: func(asked slipway.SSHRepository) error { return may(plan, private, asked) }}
	switch {
	case trust == slipway.TrustStranger:
		g.Repositories = noKeys{slipway.Errorf(slipway.CodeForbidden, "a stranger's code gets no key for repositories over ssh").
			WithHint("let somebody who may push to the repository build it, after reading the change")}
	case b.Keys == nil:
		g.Repositories = noKeys{slipway.Errorf(slipway.CodeForbidden, "this build has no key for repositories over ssh").
			WithHint("give the connection of the service's repository an ssh key")}
	}
	if private != "" && b.Keys != nil {
		g.Rewrites = narrowed(b.Keys.Rewrites(ctx), private)
	}
	return g
}

// may refuses what the service's own files do not name: a package that came
// from somewhere runs in the step, too.
func may(plan slipway.Plan, private string, asked slipway.SSHRepository) error {
	name := asked.Name()
	own := asked.Host + strings.TrimPrefix(name, asked.Authority()) // a module's path has no port
	if slices.Contains(plan.SSH, name) || private != "" && (module.MatchPrefixPatterns(private, own) || module.MatchPrefixPatterns(private, own+".git")) {
		return nil
	}
	return slipway.Errorf(slipway.CodeForbidden, "no manifest or lock file of the service names the repository %s", name).
		WithHint("only what they name is read over ssh: commit the lock file, or name the repository there as ssh://%s/…; of Go modules GOPRIVATE says which", asked.Login())
}

// narrowed keeps of the rewrites what is about the organisation's own modules:
// of a forge that serves everybody, others are still read by https.
func narrowed(rewrites []slipway.GitRewrite, private string) []slipway.GitRewrite {
	var kept []slipway.GitRewrite
	for _, r := range rewrites {
		from, ok := strings.CutPrefix(r.From, "https://")
		if !ok {
			continue
		}
		for pattern := range strings.SplitSeq(private, ",") {
			if rest, ok := common(from, pattern); ok {
				kept = append(kept, slipway.GitRewrite{From: r.From + rest, To: r.To + rest})
			}
		}
	}
	return kept
}

// common tells that a prefix of addresses and a pattern of modules are about
// something in common; rest is what narrows the prefix to the pattern.
func common(prefix, pattern string) (rest string, ok bool) {
	theirs, ours := strings.Split(pattern, "/"), strings.Split(strings.TrimSuffix(prefix, "/"), "/")
	for i := range min(len(theirs), len(ours)) {
		if matched, err := path.Match(theirs[i], ours[i]); err != nil || !matched {
			return "", false
		}
	}
	if len(ours) >= len(theirs) || !strings.HasSuffix(prefix, "/") {
		return "", true
	}
	var exact []string
	for _, element := range theirs[len(ours):] {
		if strings.ContainsAny(element, `*?[\`) {
			break
		}
		exact = append(exact, element)
	}
	return strings.Join(exact, "/"), true
}

// required are module paths as go.mod and go.sum have them, each before its
// version.
var required = regexp.MustCompile(`(?m)^\s*(?:require\s+)?([a-z0-9][A-Za-z0-9._~-]*\.[A-Za-z0-9._~-]+/[^\s"]+) v[0-9]`)

// privateModules gives the patterns of the organisation's own modules, when the
// service requires one.
func (b *Builder) privateModules(tree fs.FS, plan slipway.Plan) string {
	isGo := plan.Language == slipway.LanguageGo || slices.ContainsFunc(plan.Parts, func(p slipway.Part) bool { return p.Language == slipway.LanguageGo })
	patterns := b.Settings.Go["GOPRIVATE"]
	if without := b.Settings.Go["GONOPROXY"]; without != "" {
		patterns = without // as the go command has it: GOPRIVATE is only its default
	}
	if !isGo || patterns == "" {
		return ""
	}
	for dir := range (repo.Service{Dir: plan.Path}).Upwards() {
		for _, name := range []string{"go.mod", "go.sum"} {
			content, _, _ := repo.Read(tree, path.Join(dir, name)) // the plan was made of them
			for _, m := range required.FindAllSubmatch(content, -1) {
				if module.MatchPrefixPatterns(patterns, string(m[1])) {
					return patterns
				}
			}
		}
	}
	return ""
}

// noKeys refuse every repository, with the reason.
type noKeys struct{ why *slipway.Error }

// UploadPack implements solve.Repositories.
func (n noKeys) UploadPack(_ context.Context, r slipway.SSHRepository, _ string, _ io.Reader, _ io.Writer) error {
	e := *n.why
	e.Message += ": " + r.Name()
	return &e
}
