package compile

import (
	_ "embed" // the program that git runs in place of ssh
	"strings"

	"github.com/moby/buildkit/client/llb"

	"github.com/slipway-ci/slipway"
)

// A step has no ssh, no key and no way to a host that it could be shown to.
// What git starts in ssh's place there is a few lines of Perl, which every
// Debian image with git has: they hand git's request to a socket, behind which
// the session on our side runs ssh, and git's words in both directions.
// solve/sshserver.go is the other end.
const (
	// GitSocket begins the id under which the session is asked for the socket.
	GitSocket = "slipway.git"

	secretGitSSH    = "slipway.git.ssh"
	secretGitConfig = "slipway.git.config"

	gitSocketPath = "/run/slipway/git.sock" // as gitssh.pl has it
	gitSSHPath    = "/run/slipway/git-ssh"
	gitConfigPath = "/etc/gitconfig" // the system's, so that a step's own git config --global is its own
)

//go:embed gitssh.pl
var gitSSH []byte

// gitOptions give a step the repositories that the build may read over ssh.
// The socket's id is in the step's cache key, and the scope is in the id: who
// could not read a repository does not find what a step of another team has
// fetched from it.
func gitOptions(in Input) []llb.RunOption {
	file := func(id, target string, mode int) llb.RunOption {
		return llb.AddSecret(target, llb.SecretID(id), llb.SecretFileOpt(0, 0, mode), llb.SecretOptional)
	}
	return []llb.RunOption{
		llb.AddSSHSocket(llb.SSHID(GitSocket+"/"+gitScope(in)), llb.SSHSocketOpt(gitSocketPath, 0, 0, 0o600)),
		file(secretGitSSH, gitSSHPath, 0o400),
		file(secretGitConfig, gitConfigPath, 0o444),
		llb.AddEnv("GIT_SSH_COMMAND", "perl "+gitSSHPath),
		llb.AddEnv("GIT_SSH_VARIANT", "ssh"), // its options are ssh's
	}
}

// gitScope is the team's repository, else the service.
func gitScope(in Input) string {
	in.Plan.Path = ""
	return scope(in)
}

// GitSecrets are the files of gitOptions. rewrites are prefixes of addresses
// that git reads by another, as url.BASE.insteadOf of its configuration has it.
func GitSecrets(rewrites []slipway.GitRewrite) map[string][]byte {
	secrets := map[string][]byte{secretGitSSH: gitSSH}
	var b strings.Builder
	for _, r := range rewrites {
		b.WriteString("[url " + gitQuote(r.To) + "]\n\tinsteadOf = " + gitQuote(r.From) + "\n")
	}
	if b.Len() > 0 {
		secrets[secretGitConfig] = []byte(b.String())
	}
	return secrets
}

// gitQuote writes a value as git-config(1) reads it.
func gitQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", "", "\r", "", "\x00", "").Replace(s) + `"`
}
