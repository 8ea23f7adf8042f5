package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	billy "github.com/go-git/go-billy/v5/osfs"
	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"
)

// childMark is set in the environment of the child process alone.
const childMark = "SLIPWAY_FETCH_CHILD"

// FetchChild is the whole life of the child process that Config.Self starts:
// it reads one order from in, lists or fetches, and writes one answer to out.
// The error is about in and out; a fetch that failed is an answer. It trusts
// whoever started it and must not be reachable from outside.
func FetchChild(ctx context.Context, in io.Reader, out io.Writer) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("order of a fetch: %w", err)
	}
	var a answer
	var err error
	if o.Mirror == "" {
		a.Refs, err = o.list(ctx)
	} else {
		err = o.fetch(ctx)
	}
	if err != nil {
		a = answer{Error: err.Error()}
	}
	return json.NewEncoder(out).Encode(a)
}

func (o order) auth() transport.AuthMethod {
	if o.User == "" && o.Password == "" {
		return nil
	}
	return &http.BasicAuth{Username: o.User, Password: o.Password}
}

func (o order) remote(s storage.Storer) *git.Remote {
	return git.NewRemote(s, &config.RemoteConfig{Name: "forge", URLs: []string{o.URL}})
}

func (o order) list(ctx context.Context) ([]ref, error) {
	found, err := o.remote(memory.NewStorage()).ListContext(ctx, &git.ListOptions{
		Auth: o.auth(), CABundle: o.CA, PeelingOption: git.AppendPeeled,
		ProxyOptions: transport.ProxyOptions{URL: o.Proxy},
	})
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	peeled := map[string]string{}
	ids := map[string]string{}
	for _, r := range found {
		ids[r.Name().String()] = r.Hash().String()
		if name, ok := cutPeeled(r.Name().String()); ok {
			peeled[name] = r.Hash().String()
		}
	}
	var refs []ref
	for _, r := range found {
		name := r.Name().String()
		if _, ok := cutPeeled(name); ok {
			continue
		}
		one := ref{Name: name, SHA: ids[name], Target: r.Target().String()}
		if one.Target != "" {
			one.SHA = ids[one.Target]
		}
		if id, ok := peeled[name]; ok {
			one.SHA = id
		}
		if wholeID.MatchString(one.SHA) {
			refs = append(refs, one)
		}
	}
	return refs, nil
}

func cutPeeled(name string) (string, bool) {
	const suffix = "^{}"
	if len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix {
		return name[:len(name)-len(suffix)], true
	}
	return name, false
}

func (o order) fetch(ctx context.Context) error {
	s := filesystem.NewStorageWithOptions(billy.New(o.Mirror), cache.NewObjectLRU(64*cache.MiByte),
		filesystem.Options{LargeObjectThreshold: mib})
	id := plumbing.NewHash(o.Wanted.SHA)
	specs := []config.RefSpec{"+refs/heads/*:refs/slipway/heads/*", "+refs/tags/*:refs/slipway/tags/*"}
	if b := o.Wanted.Behind; b != "" && !strings.HasPrefix(b, "refs/heads/") && !strings.HasPrefix(b, "refs/tags/") { // a pull request's
		specs = append(specs, config.RefSpec("+"+b+":refs/slipway/tip"))
	}
	if o.Wanted.Name != "" {
		specs = []config.RefSpec{config.RefSpec("+" + o.Wanted.Name + ":refs/slipway/tip")}
	} else if err := o.fetchSpecs(ctx, s, config.RefSpec(o.Wanted.SHA+":refs/keep/"+o.Wanted.SHA)); err == nil {
		return s.HasEncodedObject(id)
	} else if !errors.Is(err, git.ErrExactSHA1NotSupported) {
		return err
	}
	if err := o.fetchSpecs(ctx, s, specs...); err != nil {
		return err
	}
	// The handle above knows no pack that came after it.
	s = filesystem.NewStorage(billy.New(o.Mirror), cache.NewObjectLRUDefault())
	if err := s.HasEncodedObject(id); err != nil {
		return fmt.Errorf("not our ref %s: %w", id, err)
	}
	return nil
}

func (o order) fetchSpecs(ctx context.Context, s *filesystem.Storage, specs ...config.RefSpec) error {
	err := o.remote(s).FetchContext(ctx, &git.FetchOptions{
		RemoteName: "forge", RefSpecs: specs, Auth: o.auth(), CABundle: o.CA, Tags: git.NoTags, Force: true,
		ProxyOptions: transport.ProxyOptions{URL: o.Proxy},
	})
	if errors.Is(err, git.NoErrAlreadyUpToDate) {
		return nil
	}
	return err
}
