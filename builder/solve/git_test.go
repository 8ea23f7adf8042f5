package solve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/buildkit/session/sshforward"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
)

// onDisk are repositories below a directory, read by git's own upload-pack.
type onDisk struct {
	root  string
	reads atomic.Int64
}

func (d *onDisk) UploadPack(ctx context.Context, r slipway.SSHRepository, protocol string, in io.Reader, out io.Writer) error {
	d.reads.Add(1)
	cmd := exec.CommandContext(ctx, "git", "upload-pack", filepath.Join(d.root, r.Path))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GIT_PROTOCOL=" + protocol}
	cmd.Stdout = out
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	go func() { _, _ = io.Copy(stdin, in); _ = stdin.Close() }()
	if cmd.Run() != nil {
		return slipway.Errorf(slipway.CodeNotFound, "there is no repository at %s", r.Name()).WithHint("check the spelling")
	}
	return nil
}

// gitStep is a build step as git in it sees things: its ssh is the program that
// steps get, and behind the socket the daemon's half and a session's gitServer.
type gitStep struct {
	server *gitServer
	disk   *onDisk
	script string
	log    lines
}

func newGitStep(t *testing.T, id string) *gitStep {
	t.Helper()
	for _, program := range []string{"git", "perl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
				t.Fatalf("required: %s is not installed", program)
			}
			t.Skipf("SKIPPED: %s is not installed", program)
		}
	}
	s := &gitStep{disk: &onDisk{root: t.TempDir()}}
	s.server = newGitServer(Git{Repositories: s.disk, May: func(r slipway.SSHRepository) error {
		if strings.HasPrefix(r.Name(), "git.corp.example/team/") {
			return nil
		}
		return slipway.Errorf(slipway.CodeForbidden, "no file names the repository %s", r.Name()).WithHint("name it")
	}})
	dir, err := os.MkdirTemp("", "git") //nolint:usetesting // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	session := filepath.Join(dir, "session")
	listener := listenUnix(t, session)
	rpc := grpc.NewServer()
	s.server.Register(rpc)
	go func() { _ = rpc.Serve(listener) }()
	t.Cleanup(rpc.Stop)
	socket := filepath.Join(dir, "git.sock")
	daemonHalf(t, listenUnix(t, socket), "unix:"+session, id)
	script := bytes.ReplaceAll(compile.GitSecrets(nil)["slipway.git.ssh"], []byte("/run/slipway/git.sock"), []byte(socket))
	s.script = filepath.Join(dir, "git-ssh")
	if err := os.WriteFile(s.script, script, 0o400); err != nil {
		t.Fatal(err)
	}
	return s
}

func listenUnix(t *testing.T, path string) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// daemonHalf is what BuildKit does with a socket of a step (session/sshforward).
func daemonHalf(t *testing.T, l net.Listener, session, id string) {
	t.Helper()
	conn, err := grpc.NewClient(session, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ctx := metadata.AppendToOutgoingContext(t.Context(), sshforward.KeySSHID, id)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			stream, err := sshforward.NewSSHClient(conn).ForwardAgent(ctx)
			if err != nil {
				_ = c.Close()
				return
			}
			go func() { _ = sshforward.Copy(ctx, c, stream, stream.CloseSend) }()
		}
	}()
}

const stepID = compile.GitSocket + "/slipway/shop/cart"

// repository makes one with a commit of a file of a few MiB.
func (s *gitStep) repository(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(s.disk.root, name)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	s.must(t, dir, "init", "--quiet", "--initial-branch=main")
	noise := make([]byte, 3<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	if err := os.WriteFile(filepath.Join(dir, "f"), noise, 0o600); err != nil {
		t.Fatal(err)
	}
	s.must(t, dir, "add", "f")
	s.must(t, dir, "commit", "--quiet", "--message", "one")
	return s.must(t, dir, "rev-parse", "HEAD")
}

// git runs it in a step.
func (s *gitStep) git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_SSH_COMMAND=perl " + s.script, "GIT_SSH_VARIANT=ssh", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (s *gitStep) must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := s.git(t, dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func TestGitServer_ReadsByEveryProtocol(t *testing.T) {
	t.Parallel()
	s := newGitStep(t, stepID)
	commit := s.repository(t, "team/greet.git")
	for _, version := range []string{"0", "1", "2"} {
		for _, url := range []string{"ssh://git@git.corp.example/team/greet.git", "git@git.corp.example:team/greet.git"} {
			to := filepath.Join(t.TempDir(), "clone")
			s.must(t, "/", "-c", "protocol.version="+version, "clone", "--quiet", url, to)
			if got := s.must(t, to, "rev-parse", "HEAD"); got != commit {
				t.Errorf("version %s of %s gives %s, want %s", version, url, got, commit)
			}
			shallow := filepath.Join(t.TempDir(), "shallow")
			s.must(t, "/", "-c", "protocol.version="+version, "clone", "--quiet", "--depth=1", url, shallow)
		}
	}
	if got := s.must(t, "/", "ls-remote", "ssh://git.corp.example/team/greet.git", "main"); !strings.HasPrefix(got, commit) {
		t.Errorf("ls-remote says %q", got)
	}
	s.server.tell(&s.log, time.Unix(1, 0))
	if n := len(s.log.kept); n != 13 || !s.log.kept[0].Request || !strings.HasPrefix(s.log.kept[0].Text, "- GIT ssh://git.corp.example/team/greet -> 3") {
		t.Errorf("the log has %d lines: %+v", n, s.log.kept)
	}
}

func TestGitServer_Refuses(t *testing.T) {
	t.Parallel()
	s := newGitStep(t, stepID)
	s.repository(t, "team/greet.git")
	work := filepath.Join(t.TempDir(), "clone")
	s.must(t, "/", "clone", "--quiet", "git@git.corp.example:team/greet.git", work)
	reads := s.disk.reads.Load()
	for about, c := range map[string]struct {
		args []string
		want string
	}{
		"another repository": {[]string{"ls-remote", "git@git.corp.example:other/secret.git"}, "no file names the repository git.corp.example/other/secret"},
		"another host":       {[]string{"ls-remote", "ssh://git@git.elsewhere.example/team/greet.git"}, "no file names the repository git.elsewhere.example/team/greet"},
		"another port":       {[]string{"ls-remote", "ssh://git@git.corp.example:2222/team/greet.git"}, "no file names the repository git.corp.example:2222/team/greet"},
		"a push":             {[]string{"push", "origin", "HEAD:refs/heads/x"}, `a step asks an ssh host for "git-receive-pack 'team/greet.git'"`},
		"an archive":         {[]string{"archive", "--remote=git@git.corp.example:team/greet.git", "HEAD"}, "a step asks an ssh host for \"git-upload-archive"},
		"upwards":            {[]string{"ls-remote", "git@git.corp.example:team/../other/secret.git"}, `"team/../other/secret.git" is not the path of a repository`},
		"a quote":            {[]string{"ls-remote", "git@git.corp.example:team/x';id;'.git"}, "a step asks an ssh host for"},
		"a command of one's": {[]string{"ls-remote", "--upload-pack=sh -c id;", "git@git.corp.example:team/greet.git"}, "a step asks an ssh host for"},
	} {
		out, err := s.git(t, work, c.args...)
		if err == nil || !strings.Contains(out, "slipway: "+c.want) {
			t.Errorf("%s: %v, want %q in\n%s", about, err, c.want, out)
		}
		if e := s.server.refused(strings.Split(out, "\n")); e == nil || !strings.Contains(e.Message, c.want) {
			t.Errorf("%s: the refusal is %v", about, e)
		}
	}
	if got := s.disk.reads.Load(); got != reads {
		t.Errorf("%d repositories were read", got-reads)
	}
	if out, err := s.git(t, work, "ls-remote", "git@git.corp.example:team/none.git"); err == nil || !strings.Contains(out, "slipway: there is no repository at git.corp.example/team/none") {
		t.Errorf("no repository: %v\n%s", err, out)
	}
	goSays := []string{"go: git.corp.example/team/none@v1.0.0: no secure protocol found for repository"}
	if e := s.server.refused(goSays); e != nil {
		t.Errorf("a module that is read by https is told as %v", e)
	}
	s.server.git.Rewrites = []slipway.GitRewrite{{From: "https://git.corp.example/", To: "ssh://git@git.corp.example/"}}
	if e := s.server.refused(goSays); e == nil {
		t.Error("a module that is read over ssh is told as something else")
	}
	if e := s.server.refused([]string{"something else"}); e != nil {
		t.Errorf("another failure is told as %v", e)
	}
}

// TestGitServer_IsNoAgent sees that a Dockerfile's --mount=type=ssh gets
// nothing, and that another id than the build's does not lead here.
func TestGitServer_IsNoAgent(t *testing.T) {
	t.Parallel()
	s := newGitStep(t, "default")
	s.repository(t, "team/greet.git")
	if out, err := s.git(t, "/", "ls-remote", "git@git.corp.example:team/greet.git"); err == nil || s.disk.reads.Load() != 0 {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := s.server.CheckAgent(t.Context(), &sshforward.CheckAgentRequest{ID: "default"}); err == nil {
		t.Error("there is an agent")
	}
	if _, err := s.server.CheckAgent(t.Context(), &sshforward.CheckAgentRequest{ID: stepID}); err != nil {
		t.Error(err)
	}
}

func FuzzParseGitRequest(f *testing.F) {
	for _, seed := range []string{
		"git@host\x0022\x00version=2\x00git-upload-pack '/team/a.git'", "host\x00\x00\x00git upload-pack 'a'", "git@host\x00-1\x00\x00git-receive-pack 'a'",
		"-oProxyCommand=id\x00\x00\x00git-upload-pack 'a'", "git@host\x00\x00\x00git-upload-pack 'a'\\''b'", "git@host\x00\x00x y\x00git-upload-pack '../a'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseGitRequest(text)
		if err != nil {
			if _, ok := errors.AsType[*slipway.Error](err); !ok {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if got.repository.Validate() != nil || strings.ContainsAny(got.repository.Path, "'\n") || strings.ContainsAny(got.protocol, " '\n;") {
			t.Errorf("%q gives %+v", text, got)
		}
	})
}

func TestParseGitRequest_Refuses(t *testing.T) {
	t.Parallel()
	good := []string{"git@host", "", "version=2", "git-upload-pack '/a.git'"}
	if _, err := parseGitRequest(strings.Join(good, "\x00")); err != nil {
		t.Error(err)
	}
	for at, bad := range [][]string{
		{"", "-oProxyCommand=id", "-l@host", "git@-host", "git@ho st", "git@host/x"},
		{"-1", "0", "22 ", "99999"},
		{"version=2 -x", "a\nb"},
		{"", "git-upload-pack '--x'", "git-upload-pack a", "git-upload-pack 'a' 'b'", "git-upload-pack ''", "git-upload-pack 'a'; id", "git-upload-pack 'a'\\''b'", "git-upload-pack '../a'", "git-upload-pack 'a\nb'", "git-receive-pack 'a'"},
	} {
		for _, word := range bad {
			words := slices.Clone(good)
			words[at] = word
			if got, err := parseGitRequest(strings.Join(words, "\x00")); slipway.ErrorCode(err) != slipway.CodeInvalid {
				t.Errorf("%q is read as %+v, %v", words, got, err)
			}
		}
	}
}

func TestReadGitRequest_Bounds(t *testing.T) {
	t.Parallel()
	for about, text := range map[string]string{"nothing": "", "no words": "\x00\x00\x00\x09ab", "too many": "\x7f\xff\xff\xff"} {
		if _, err := readGitRequest(strings.NewReader(text)); slipway.ErrorCode(err) != slipway.CodeInvalid {
			t.Errorf("%s: %v", about, err)
		}
	}
}

// What a step asks for without end is not kept without end.
func TestGitServer_KeepsSome(t *testing.T) {
	t.Parallel()
	s := newGitServer(Git{})
	for range 2 * gitLines {
		s.note(gitRequest{}, 0, slipway.Errorf(slipway.CodeForbidden, "no"))
	}
	if len(s.lines) != gitLines || len(s.said) != gitLines {
		t.Errorf("%d lines, %d refusals", len(s.lines), len(s.said))
	}
}
