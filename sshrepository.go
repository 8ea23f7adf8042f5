package slipway

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// SSHRepository is a git repository that is reached over ssh.
type SSHRepository struct {
	User string // "" is git's usual one, git
	Host string // a name or an IPv4 address, lower case
	Port string // "" is 22
	Path string // as git tells it to the server: /team/name.git, or relative to the user's home
}

// maxSSHPath is the longest path of a repository, in bytes.
const maxSSHPath = 1024

var (
	sshUser = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$`)
	sshHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	sshURL  = regexp.MustCompile(`^(?:git\+)?ssh://(?:([^@/]*)@)?([^@/:]*)(?::([0-9]*))?([/:].*)$`)
	sshSCP  = regexp.MustCompile(`^([^@/:]+)@([^@/:]+):(.+)$`)
	scpForm = regexp.MustCompile(`^([A-Za-z0-9._][A-Za-z0-9._-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):([^/:-][^:]*|/[^:]+)$`)
)

// CutSCP cuts USER@HOST:PATH, the form that a repository is cloned from over
// ssh without a scheme. A path without a slash in front is relative to the
// user's home. ok is false for anything else, and for what a program could
// read as an option.
func CutSCP(text string) (user, host, path string, ok bool) {
	m := scpForm.FindStringSubmatch(text)
	if m == nil || strings.Contains(text, "://") {
		return "", "", "", false
	}
	return m[1], strings.ToLower(m[2]), m[3], true
}

// ParseSSHRepository reads the forms in which git, and the package managers
// that call it, name a repository: ssh://[USER@]HOST[:PORT]/PATH, the same with
// git+ssh, and USER@HOST:PATH. It is CodeInvalid for anything else.
func ParseSSHRepository(text string) (SSHRepository, error) {
	var r SSHRepository
	if m := sshURL.FindStringSubmatch(text); m != nil {
		user, _, _ := strings.Cut(m[1], ":") // a password opens nothing here
		path, err := url.PathUnescape(m[4])
		if err != nil {
			return r, badSSH("%q is not the address of a repository", text)
		}
		// git+ssh://git@HOST:team/name.git is how npm writes the form with a colon.
		r = SSHRepository{User: user, Host: strings.ToLower(m[2]), Port: m[3], Path: strings.TrimPrefix(path, ":")}
	} else if m := sshSCP.FindStringSubmatch(text); m != nil {
		r = SSHRepository{User: m[1], Host: strings.ToLower(m[2]), Path: m[3]}
	} else {
		return r, badSSH("%q is not the address of a repository over ssh", text)
	}
	if r.Port == "22" {
		r.Port = ""
	}
	return r, r.Validate()
}

// Validate refuses what cannot name a repository, or could be read as
// something else by the programs that it is handed to: ssh, and the shell and
// the git at the other end. The error is CodeInvalid.
func (r SSHRepository) Validate() error {
	port, err := strconv.ParseUint(r.Port, 10, 16)
	switch {
	case r.User != "" && !sshUser.MatchString(r.User):
		return badSSH("%q is not the user of a repository", r.User)
	case !sshHost.MatchString(r.Host):
		return badSSH("%q is not the host of a repository", r.Host)
	case r.Port != "" && (err != nil || port == 0 || r.Port != strconv.FormatUint(port, 10)):
		return badSSH("%q is not the port of a repository", r.Port)
	case strings.Trim(r.Path, "/~.") == "" || len(r.Path) > maxSSHPath || strings.HasPrefix(r.Path, "-"),
		strings.ContainsAny(r.Path, "'\"\\`$!"), strings.ToValidUTF8(r.Path, "") != r.Path,
		strings.ContainsFunc(r.Path, func(c rune) bool { return !unicode.IsPrint(c) }),
		strings.Contains("/"+r.Path+"/", "/../"):
		return badSSH("%q is not the path of a repository", r.Path)
	}
	return nil
}

func badSSH(format string, args ...any) *Error {
	return Errorf(CodeInvalid, format, args...).WithHint("write it as ssh://git@HOST/TEAM/NAME.git").WithClass(ClassCode)
}

// Name is the repository without what has several forms, HOST[:PORT]/TEAM/NAME:
// by it two are compared.
func (r SSHRepository) Name() string {
	return r.Authority() + "/" + strings.TrimSuffix(strings.Trim(strings.TrimPrefix(strings.TrimPrefix(r.Path, "/"), "~/"), "/"), ".git")
}

// Authority is the host, with the port where it is not the usual one.
func (r SSHRepository) Authority() string {
	if r.Port == "" {
		return r.Host
	}
	return r.Host + ":" + r.Port
}

// Login is what ssh is told: the user at the host.
func (r SSHRepository) Login() string {
	if r.User == "" {
		return "git@" + r.Host
	}
	return r.User + "@" + r.Host
}

// GitRewrite is a prefix of repositories' addresses, and what git reads in its
// place: url.TO.insteadOf = FROM of its configuration.
type GitRewrite struct{ From, To string }
