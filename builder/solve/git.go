package solve

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/buildkit/session/sshforward"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// Git is what the steps of one build may read over ssh.
type Git struct {
	Repositories Repositories
	May          func(slipway.SSHRepository) error // why one is not read; an *slipway.Error
	Rewrites     []slipway.GitRewrite
}

// Repositories reads git repositories with keys that no step gets. It is asked
// by several steps at once. *source.Sources is one.
type Repositories interface {
	// UploadPack runs git-upload-pack at the repository's host, and gives its
	// words to out until it ends. Errors are *slipway.Error.
	UploadPack(ctx context.Context, r slipway.SSHRepository, protocol string, in io.Reader, out io.Writer) error
}

// gitReads is how many repositories the steps of one build read at once; what
// comes beyond that waits.
const gitReads = 8

// gitLines is how many readings are told until the log is written to, and how
// many refusals are kept.
const gitLines = 1000

// gitServer answers the sockets of a build's steps (compile/gitssh.pl): the
// daemon carries what is written there through the build's session to here.
type gitServer struct {
	git   Git
	slots chan struct{}

	mu    sync.Mutex
	lines []slipway.LogLine // what was read and refused, for the log
	said  []refusal
}

// refusal is why something of a host was not read.
type refusal struct {
	host string
	why  *slipway.Error
}

func newGitServer(g Git) *gitServer { return &gitServer{git: g, slots: make(chan struct{}, gitReads)} }

// Register implements session.Attachable.
func (s *gitServer) Register(server *grpc.Server) { sshforward.RegisterSSHServer(server, s) }

// CheckAgent implements sshforward.SSHServer: there is no agent here, and a
// Dockerfile that mounts one gets none.
func (s *gitServer) CheckAgent(_ context.Context, r *sshforward.CheckAgentRequest) (*sshforward.CheckAgentResponse, error) {
	if !isGitSocket(r.ID) {
		return nil, status.Errorf(codes.NotFound, "there is no ssh agent %q in this build", r.ID)
	}
	return &sshforward.CheckAgentResponse{}, nil
}

func isGitSocket(id string) bool { return strings.HasPrefix(id, compile.GitSocket+"/") }

// ForwardAgent implements sshforward.SSHServer: one connection to the socket is
// one reading.
func (s *gitServer) ForwardAgent(stream sshforward.SSH_ForwardAgentServer) error {
	ctx := stream.Context()
	asked, _ := metadata.FromIncomingContext(ctx)
	if ids := asked.Get(sshforward.KeySSHID); len(ids) != 1 || !isGitSocket(ids[0]) {
		return status.Error(codes.NotFound, "there is no ssh agent in this build")
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	in, out := &gitInput{stream: stream}, &gitOutput{stream: stream}
	err := s.serve(ctx, in, out)
	if err == nil {
		return out.exit(0)
	}
	if sayErr := out.say("slipway: " + err.Error() + "\n"); sayErr != nil {
		return sayErr
	}
	return out.exit(exitRefused)
}

// exitRefused is what git's ssh ends with when nothing came of it, as ssh does.
const exitRefused = 255

// serve reads one request and the repository that it names.
func (s *gitServer) serve(ctx context.Context, in io.Reader, out *gitOutput) error {
	asked, err := readGitRequest(in)
	if err == nil {
		err = s.git.May(asked.repository)
	}
	if err == nil {
		err = s.git.Repositories.UploadPack(ctx, asked.repository, asked.protocol, in, out)
	}
	s.note(asked, out.sent, err)
	return err
}

// note keeps what happened until the log is written to again.
func (s *gitServer) note(asked gitRequest, bytes int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := asked.repository.Name()
	if asked.repository.Host == "" {
		name = "?"
	}
	line := slipway.LogLine{Step: "git", Request: true, Text: "- GIT ssh://" + name + " -> " + bytesRead(bytes)}
	if len(s.lines) == gitLines {
		return // a step that asks without end does not fill the memory
	}
	if e, ok := errors.AsType[*slipway.Error](err); ok && len(s.said) < gitLines {
		s.said = append(s.said, refusal{asked.repository.Host, e})
	}
	if err != nil {
		line.Text = "- GIT ssh://" + name + " -> refused: " + oneLine(err.Error())
	}
	s.lines = append(s.lines, line)
}

// tell writes the log of what was read, with the time at which it is written.
func (s *gitServer) tell(log slipway.Log, now time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		l.Time = now
		log.Line(l)
	}
	s.lines = nil
}

// silent is what the go command says in place of what git said to it, having
// tried every protocol.
const silent = "no secure protocol found for repository"

// refused gives the refusal that a step's last lines tell of; nil for none:
// what a tool has got by another way did no harm.
func (s *gitServer) refused(tail []string) *slipway.Error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.Join(tail, "\n")
	for _, r := range s.said {
		if strings.Contains(text, r.why.Message) || strings.Contains(text, silent) && s.rewritten(r.host) {
			return r.why
		}
	}
	return nil
}

// rewritten tells that a host is meant to be read over ssh: the go command tries
// it of any that does not give a module by https.
func (s *gitServer) rewritten(host string) bool {
	return slices.ContainsFunc(s.git.Rewrites, func(r slipway.GitRewrite) bool {
		to, err := slipway.ParseSSHRepository(r.To + "x")
		return err == nil && to.Host == host
	})
}
