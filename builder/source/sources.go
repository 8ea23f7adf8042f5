package source

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/slipway-ci/slipway"
)

// Config of Sources. Mirrors is needed for repositories, StatCache may be
// empty (then nothing is remembered), one of Git and Self is needed to fetch.
type Config struct {
	Mirrors    string        // directory of the bare mirrors
	StatCache  string        // file of the ids of files on disk
	Git        string        // path of the system's git; "" fetches with go-git
	Self       []string      // argv that runs FetchChild in a process of its own
	SSHAgent   string        // the agent's socket (SSH_AUTH_SOCK)
	SSHKey     string        // file of a private key; with one neither the agent's nor the user's keys are tried
	KnownHosts string        // file of the ssh keys of hosts; "" the user's own
	CA         []byte        // PEM certificates trusted beside the system's
	Proxy      slipway.Proxy // the way out of the machine
	Netrc      []byte        // credentials, netrc format; secret
	Private    []string      // hosts that submodules may name although their addresses are not public
	Limits     Limits
}

// Sources opens Locations. It is safe for concurrent use, also by several
// processes on the same directories.
type Sources struct {
	config Config
	logins []login
}

// New makes Sources. Nothing is read or written before Open.
func New(c Config) *Sources {
	c.Limits = c.Limits.withDefaults()
	return &Sources{config: c, logins: parseNetrc(c.Netrc)}
}

// Open gives the tree of a Location: of a repository the commit that Ref means
// now, of a directory the files as they are. The error is an Error that says
// which part of the Location was wrong, or that the platform did not answer.
// Files of a directory are hashed when Hash or Session need it, and no longer
// than ctx lasts.
func (s *Sources) Open(ctx context.Context, loc Location) (*Tree, error) {
	if loc.URL == "" {
		return s.openDir(ctx, loc)
	}
	if err := checkRef(loc.Ref); err != nil {
		return nil, err
	}
	if err := checkRef(loc.Behind); err != nil {
		return nil, err
	}
	r, err := parseRemote(loc.URL)
	if err != nil {
		return nil, err
	}
	snap, err := s.fetchCommit(ctx, r, loc.Ref, loc.Behind, reachPrivate)
	if err != nil {
		return nil, err
	}
	t, err := s.commitTree(ctx, snap, loc)
	if err != nil {
		return nil, errors.Join(err, snap.mirror.close())
	}
	return t, nil
}

// named tells whether the operator listed a host as one to be fetched from.
func (s *Sources) named(host string) bool {
	return slices.ContainsFunc(s.config.Private, func(p string) bool { return strings.EqualFold(p, host) })
}

// snapshot is a commit that a mirror has, before its nodes are made.
type snapshot struct {
	fetcher fetcher
	mirror  *mirror
	objects *objects
	commit  *object.Commit
	remote  remote
	found   resolved
	to      reach
	refetch func(context.Context) error // begins a new generation and fetches again
}

// commitTree makes the tree. A mirror that turns out to lack an object is
// given up and fetched anew, once.
func (s *Sources) commitTree(ctx context.Context, snap *snapshot, loc Location) (*Tree, error) {
	l := &loader{sources: s, tally: tally{limits: s.config.Limits}}
	root := &node{name: ".", path: ".", mode: fs.ModeDir | 0o755}
	err := l.commit(ctx, snap, root, 0)
	t := &Tree{
		root: root, subdir: loc.Subdir, exact: func() error { return nil },
		closers:  append(l.closers, snap.mirror.close),
		revision: snap.revision, origin: snap.remote.String(),
	}
	if err == nil && loc.Subdir != "" {
		err = t.checkSubdir(loc)
	}
	if err != nil {
		for _, c := range l.closers {
			err = errors.Join(err, c())
		}
		return nil, err
	}
	return t, nil
}

// commit makes the nodes of one commit below top.
func (l *loader) commit(ctx context.Context, snap *snapshot, top *node, nested int) error {
	err := l.attempt(ctx, snap, top, nested)
	if err == nil || slipway.ErrorCode(err) != slipway.CodeInternal || ctx.Err() != nil {
		return err
	}
	if again := snap.refetch(ctx); again != nil {
		return again
	}
	if err = l.attempt(ctx, snap, top, nested); err != nil && slipway.ErrorCode(err) == slipway.CodeInternal {
		return unavailablef("the server sent %s without all of its files", snap.remote).
			WithHint("the repository may be damaged on the server: `git fsck` there says more").Because(err)
	}
	return err
}

func (l *loader) attempt(ctx context.Context, snap *snapshot, top *node, nested int) error {
	before := l.tally
	sizes := loadSizes(snap.mirror.dir())
	top.from, top.kids = snap.objects, nil
	loading := snap.mirror.loading()
	defer loading.Close() //nolint:errcheck // only read
	read := &objects{mirror: snap.mirror, storage: loading}
	at := layer{objects: snap.objects, read: read, sizes: sizes, lfs: l.sources.lfsOf(ctx, snap), remote: snap.remote, nested: nested, top: top}
	depth := strings.Count(top.path, "/") + 1
	err := l.load(ctx, at, top, snap.commit.TreeHash, depth)
	if err != nil {
		l.tally = before
		return err
	}
	sizes.save()
	return nil
}

// fetchCommit has a commit in its mirror and opens it.
func (s *Sources) fetchCommit(ctx context.Context, r remote, short, behind string, to reach) (*snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Fetch)
	defer cancel()
	f, err := s.fetcher()
	if err != nil {
		return nil, err
	}
	a, err := s.access(ctx, r, to)
	if err != nil {
		return nil, err
	}
	defer a.close()
	found := resolved{wanted: wanted{SHA: short, Behind: behind}}
	if !wholeID.MatchString(short) {
		if found, err = s.lookUp(ctx, f, a, short); err != nil {
			return nil, err
		}
	}
	snap, err := s.snap(ctx, f, a, found, to)
	if git, ok := f.(*systemGit); ok && errors.Is(err, errBehind) {
		return s.snap(ctx, history{git}, a, found, to)
	}
	return snap, err
}

// snap has a commit in the mirror of a fetcher and opens it.
func (s *Sources) snap(ctx context.Context, f fetcher, a *access, found resolved, to reach) (*snapshot, error) {
	r := a.remote
	m, err := openMirror(ctx, filepath.Join(s.config.Mirrors, r.name()+"-"+f.kind()))
	if err != nil {
		return nil, err
	}
	snap := &snapshot{fetcher: f, mirror: m, remote: r, found: found, to: to}
	if err := s.bring(ctx, f, a, snap); err != nil {
		return nil, errors.Join(err, m.close())
	}
	snap.refetch = func(ctx context.Context) error { return s.refetch(ctx, snap, to) }
	return snap, m.release()
}

// bring fetches what the mirror does not have and reads the commit.
func (s *Sources) bring(ctx context.Context, f fetcher, a *access, snap *snapshot) error {
	m, w := snap.mirror, snap.found.wanted
	if !m.has(w.SHA) {
		if m.full() {
			if err := m.renew(); err != nil {
				return err
			}
		}
		err := f.fetch(ctx, a, m, w)
		if errors.Is(err, errBehind) {
			return err
		}
		if err != nil {
			return explain(ctx, a, s.config.Limits, w.SHA, err)
		}
	}
	err := snap.read()
	if err == nil || slipway.ErrorCode(err) != slipway.CodeInternal {
		return err
	}
	if err := m.renew(); err != nil {
		return err
	}
	if err := f.fetch(ctx, a, m, w); err != nil {
		return explain(ctx, a, s.config.Limits, w.SHA, err)
	}
	return snap.read()
}

func (snap *snapshot) revision() slipway.Revision {
	return slipway.Revision{
		SHA: snap.commit.Hash.String(), Branch: snap.found.branch, Tag: snap.found.tag,
		Time: snap.commit.Committer.When.UTC().Truncate(time.Second), Source: snap.remote.String(),
	}
}

func (snap *snapshot) read() error {
	snap.objects = &objects{mirror: snap.mirror, storage: snap.mirror.storage()}
	var err error
	snap.commit, err = snap.objects.commit(plumbing.NewHash(snap.found.SHA))
	return err
}

// lookUp asks the server what a name means, and when it means nothing asks
// for all names, to say what is similar.
func (s *Sources) lookUp(ctx context.Context, f fetcher, a *access, short string) (resolved, error) {
	refs, err := f.refs(ctx, a, short)
	if err != nil {
		return resolved{}, explain(ctx, a, s.config.Limits, short, err)
	}
	found, err := resolve(refs, short, a.remote.String())
	if slipway.ErrorCode(err) != slipway.CodeNotFound {
		return found, err
	}
	if refs, all := f.refs(ctx, a, allRefs); all == nil {
		return resolve(refs, short, a.remote.String())
	}
	return resolved{}, err
}
