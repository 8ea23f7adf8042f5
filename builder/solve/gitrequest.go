package solve

import (
	"encoding/binary"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/session/sshforward"

	"github.com/slipway-ci/slipway"
)

// gitRequest is what a step's git wants, as it told its ssh.
type gitRequest struct {
	repository slipway.SSHRepository
	protocol   string // GIT_PROTOCOL
}

// maxGitRequest bounds a request, in bytes: four words, of which the path is
// the longest.
const maxGitRequest = 4 << 10

var (
	gitCommand  = regexp.MustCompile(`^git[- ]upload-pack '([^']*)'$`)
	gitProtocol = regexp.MustCompile(`^[a-z0-9.=:-]{0,64}$`)
)

// readGitRequest reads a length of four bytes and so many bytes: destination,
// port, protocol and command, with a zero byte between them.
func readGitRequest(in io.Reader) (gitRequest, error) {
	var length [4]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return gitRequest{}, badGitRequest("the request of a step's git has no length")
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxGitRequest {
		return gitRequest{}, badGitRequest("the request of a step's git has %d bytes", n)
	}
	words := make([]byte, n)
	if _, err := io.ReadFull(in, words); err != nil {
		return gitRequest{}, badGitRequest("the request of a step's git was broken off")
	}
	return parseGitRequest(string(words))
}

func parseGitRequest(text string) (gitRequest, error) {
	words := strings.Split(text, "\x00")
	if len(words) != 4 {
		return gitRequest{}, badGitRequest("the request of a step's git has %d words", len(words))
	}
	m := gitCommand.FindStringSubmatch(words[3])
	if m == nil {
		return gitRequest{}, badGitRequest("a step asks an ssh host for %s", strconv.QuoteToASCII(words[3])).
			WithHint("steps read git repositories over ssh, by git-upload-pack, and do nothing else there")
	}
	if !gitProtocol.MatchString(words[2]) {
		return gitRequest{}, badGitRequest("%s is no protocol of git", strconv.QuoteToASCII(words[2]))
	}
	user, host, ok := strings.Cut(words[0], "@")
	if !ok {
		user, host = "", words[0]
	}
	r := slipway.SSHRepository{User: user, Host: strings.ToLower(host), Port: words[1], Path: m[1]}
	if r.Port == "22" {
		r.Port = ""
	}
	if err := r.Validate(); err != nil {
		return gitRequest{}, err
	}
	return gitRequest{repository: r, protocol: words[2]}, nil
}

func badGitRequest(format string, args ...any) *slipway.Error {
	return slipway.Errorf(slipway.CodeInvalid, format, args...).WithClass(slipway.ClassDependency)
}

// gitInput is what the step's git says, after its request: git's own words.
type gitInput struct {
	stream sshforward.Stream
	left   []byte
}

// Read is io.Reader's.
func (in *gitInput) Read(p []byte) (int, error) {
	for len(in.left) == 0 {
		var m sshforward.BytesMessage
		if err := in.stream.RecvMsg(&m); err != nil {
			return 0, err // io.EOF when the step's git has said all
		}
		in.left = m.Data
	}
	n := copy(p, in.left)
	in.left = in.left[n:]
	return n, nil
}

// gitOutput is what goes to the step, in parts of a letter, a length and bytes,
// as compile/gitssh.pl has them.
type gitOutput struct {
	stream sshforward.Stream
	sent   int64 // bytes of git's
}

// gitPart is the longest part.
const gitPart = 32 << 10

// Write gives words to git.
func (out *gitOutput) Write(p []byte) (int, error) {
	for at := 0; at < len(p); at += gitPart {
		part := p[at:min(at+gitPart, len(p))]
		if err := out.part('O', part); err != nil {
			return at, err
		}
		out.sent += int64(len(part))
	}
	return len(p), nil
}

func (out *gitOutput) say(text string) error { return out.part('E', []byte(text)) }
func (out *gitOutput) exit(code byte) error  { return out.part('X', []byte{code}) }

func (out *gitOutput) part(kind byte, data []byte) error {
	message := append([]byte{kind}, binary.BigEndian.AppendUint32(nil, uint32(len(data)))...) //nolint:gosec // a part is short
	return out.stream.SendMsg(&sshforward.BytesMessage{Data: append(message, data...)})
}

// bytesRead is an amount for people.
func bytesRead(n int64) string {
	if n < 10<<10 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return strconv.FormatInt(n>>10, 10) + " KiB"
}
