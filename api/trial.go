package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// Remotes are what connections lead to, tried with what they have.
type Remotes interface {
	// Branches gives where the repository's branches stand, by the full name of
	// their ref, and the default one's; "" when the repository does not say.
	Branches(ctx context.Context, c slipway.Connection, k slipway.Keys) (heads map[string]string, def string, err error)
	// Shows tells whether a kind of forge shows statuses.
	Shows(forge string) bool
	// Statuses is nil when the forge's API lets statuses of a commit be set, as
	// far as that can be known without setting one.
	Statuses(ctx context.Context, c slipway.Connection, k slipway.Keys, commit string) error
}

const (
	// remoteTime is how long a repository or a forge has to answer.
	remoteTime = 12 * time.Second
	// maxTrials is how many connections are tried at once: each may fetch a
	// large repository's refs.
	maxTrials = 4
)

// trial looks at one connection.
type trial struct {
	*server
	connection slipway.Connection
	keys       slipway.Keys
	findings   []rest.Finding
}

// tryConnection looks at the way from a hook to an image. Nothing is changed.
func (s *server) tryConnection(r *request) (any, error) {
	select {
	case s.trials <- struct{}{}:
		defer func() { <-s.trials }()
	default:
		return nil, slipway.Errorf(slipway.CodeBusy, "%d connections are tried already", maxTrials).WithHint("try again in a moment")
	}
	keys, err := s.Record.Keys(r.ctx(), r.connection.ID)
	if err != nil {
		return nil, err
	}
	t := &trial{server: s, connection: r.connection, keys: keys}
	if s.Remotes != nil {
		t.forge(r.ctx(), t.repository(r.ctx()))
	}
	t.hook()
	if err := errors.Join(t.forks(r.ctx()), t.past(r.ctx())); err != nil {
		return nil, err
	}
	return rest.ConnectionCheck{Connection: r.connection.ID, Findings: t.findings}, nil
}

func (t *trial) ok(check, format string, args ...any) {
	t.findings = append(t.findings, rest.Finding{Check: check, Status: rest.FindingOK, Found: fmt.Sprintf(format, args...)})
}

func (t *trial) warn(check, mend, format string, args ...any) {
	t.findings = append(t.findings, rest.Finding{Check: check, Status: rest.FindingWarn, Found: fmt.Sprintf(format, args...), Mend: mend})
}

func (t *trial) fail(check, mend, format string, args ...any) {
	t.findings = append(t.findings, rest.Finding{Check: check, Status: rest.FindingFail, Found: fmt.Sprintf(format, args...), Mend: mend})
}

// set is the command that changes the connection.
func (t *trial) set(flag string) string {
	return fmt.Sprintf("slipway connection set %d %s", t.connection.ID, flag)
}

// repository reads the refs with the connection's credential, and gives the
// commit of the default branch; "" where that is not known.
func (t *trial) repository(ctx context.Context) (commit string) {
	ctx, stop := context.WithTimeout(ctx, remoteTime)
	defer stop()
	heads, def, err := t.Remotes.Branches(ctx, t.connection, t.keys)
	if err != nil {
		t.unreachable(ctx, err)
		return ""
	}
	with := "the connection's credential"
	if t.keys.Clone == (slipway.Credential{}) {
		with = "without a credential"
	}
	t.ok("repository", "%s answers %s: %s", t.connection.URL, with, count(len(heads), "branch", "branches"))
	def = cmp.Or(t.connection.Default, def)
	switch commit = heads[def]; {
	case def == "":
		t.warn("default branch", t.set("--default-branch NAME"), "it is not known which branch is the default one, so nothing is tagged latest and no build of a branch is superseded")
	case len(heads) == 0:
		t.warn("default branch", "push something to it", "the repository has no branch yet")
	case commit == "":
		t.warn("default branch", t.set("--default-branch NAME"), "%s is to be the default branch, and the repository has none of that name", def)
	default:
		t.ok("default branch", "%s, at %.8s", def, commit)
	}
	return commit
}

// unreachable says what the connection lacks: the hints of a fetch are for
// somebody with a shell on this machine.
func (t *trial) unreachable(ctx context.Context, err error) {
	code, mend := slipway.ErrorCode(err), "see that this server reaches it"
	if e, ok := errors.AsType[*slipway.Error](err); ok && code == slipway.CodeUsage {
		mend = cmp.Or(e.Hint, mend)
	}
	if code == slipway.CodeForbidden || code == slipway.CodeNotFound {
		mend = fmt.Sprintf("`slipway connection set %d` with --clone-password-file, --ssh-key-file or --github-app-key-file gives it another credential", t.connection.ID)
	}
	said := sentence(err)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		said = fmt.Sprintf("%s does not answer within %s", t.connection.URL, remoteTime)
	}
	t.fail("repository", mend, "%s", said)
}

// forge tries the way of statuses. Without it pushes are built all the same.
func (t *trial) forge(ctx context.Context, commit string) {
	ctx, stop := context.WithTimeout(ctx, remoteTime)
	defer stop()
	switch {
	case !t.Remotes.Shows(t.connection.Forge):
		t.ok("statuses", "%s shows none", t.connection.Forge)
		return
	case t.keys.Forge == "" && t.keys.Clone.App == nil:
		t.warn("statuses", t.set("--forge-token-file FILE"), "there is no token for the API of %s, so it shows no status of a commit", t.connection.Forge)
		return
	}
	err := t.Remotes.Statuses(ctx, t.connection, t.keys, commit)
	if err == nil {
		t.ok("statuses", "the API of %s takes the connection's token", t.connection.Forge)
		return
	}
	mend := t.set("--api URL --forge-token-file FILE")
	if e, ok := errors.AsType[*slipway.Error](err); ok {
		mend = cmp.Or(e.Hint, mend)
	}
	t.warn("statuses", mend, "%s", sentence(err))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
