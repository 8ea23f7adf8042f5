package source

import (
	"context"
	"strings"

	gitconfig "github.com/go-git/go-git/v5/config"

	"github.com/slipway-ci/slipway"
)

// maxNested is how deep submodules of submodules are followed.
const maxNested = 10

const maxModulesFile = mib

// submodule grafts the commit that n names. The URL stands in pushed content,
// so it may lead to public hosts, to the host of the repository it stands in
// and to those that the operator listed, nowhere else.
func (l *loader) submodule(ctx context.Context, at layer, n *node) error {
	if at.nested == maxNested {
		return slipway.Errorf(slipway.CodeLimit, "the submodule %q is nested more than %d deep", n.path, maxNested).
			WithClass(slipway.ClassLimit)
	}
	sub, err := l.submoduleRemote(at, n)
	if err != nil {
		return err
	}
	r := reachPublic
	if sub.Host == at.remote.Host || l.sources.named(sub.Host) {
		r = reachPrivate
	}
	err = l.graft(ctx, sub, r, n, at.nested+1)
	if err == nil {
		return nil
	}
	code := slipway.ErrorCode(err)
	if code == slipway.CodeUsage || code == slipway.CodeInternal {
		code = slipway.CodeInvalid
	}
	return slipway.Errorf(code, "the submodule %q cannot be had", n.path).Because(err).
		WithHint("its URL is %s; check .gitmodules, and that this machine may read that repository", sub)
}

func (l *loader) submoduleRemote(at layer, n *node) (remote, error) {
	invalid := func(format string, args ...any) *slipway.Error {
		return slipway.Errorf(slipway.CodeInvalid, format, args...).
			WithHint("mend .gitmodules with `git submodule add` or `git rm %s`", n.path)
	}
	inside := n.path
	if at.top.path != "." {
		inside = strings.TrimPrefix(n.path, at.top.path+"/")
	}
	modules := gitconfig.NewModules()
	if !at.modules.IsZero() {
		text, err := at.read.text(at.modules, maxModulesFile)
		if err != nil {
			return remote{}, err
		}
		if err := modules.Unmarshal(text); err != nil {
			return remote{}, invalid("the file .gitmodules cannot be read, and %q is a submodule", n.path).Because(err)
		}
	}
	for _, m := range modules.Submodules {
		if strings.TrimSuffix(m.Path, "/") != inside {
			continue
		}
		sub, err := at.remote.submodule(m.URL)
		if err != nil {
			return remote{}, invalid("the submodule %q has a URL that is refused", n.path).Because(err)
		}
		return sub, nil
	}
	return remote{}, invalid("the submodule %q has no entry in .gitmodules", n.path)
}

func (l *loader) graft(ctx context.Context, sub remote, r reach, n *node, nested int) error {
	snap, err := l.sources.fetchCommit(ctx, sub, n.id.String(), "", r)
	if err != nil {
		return err
	}
	l.closers = append(l.closers, snap.mirror.close)
	return l.commit(ctx, snap, n, nested)
}
