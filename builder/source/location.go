package source

import (
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/slipway-ci/slipway"
)

// Location is where a build's files are: exactly one of Dir and URL is set.
type Location struct {
	Dir    string // a directory on this machine
	URL    string // https, http or ssh URL, or user@host:path; may hold credentials
	Ref    string // branch, tag or commit id; "" is the repository's HEAD
	Behind string // of a commit id: full name of a branch or tag that has it, for servers that give no commit by its id; may be ""
	Subdir string // slash-separated, below the tree's root; "" is the root
}

var helperForm = regexp.MustCompile(`^[A-Za-z0-9+.-]+::`)

const locationHint = "give a directory, or a URL such as https://host/team/repository.git#branch:subdirectory"

// Parse reads DIR or GIT-URL[#ref[:subdir]]. It looks at the text alone: the
// directory or repository need not exist. Every refusal is of code usage.
func Parse(arg string) (Location, error) {
	switch {
	case arg == "":
		return Location{}, usagef("the source is empty")
	case strings.IndexFunc(arg, unicode.IsControl) >= 0:
		return Location{}, usagef("the source %q has a control character in it", arg)
	case strings.HasPrefix(arg, "-"):
		return Location{}, slipway.Errorf(slipway.CodeUsage, "the source %q begins with a dash", arg).
			WithHint("write ./%s if it is a directory", arg)
	case helperForm.MatchString(arg):
		return Location{}, usagef("%q names a git remote helper, which Slipway never runs", arg)
	}
	repo, fragment, _ := strings.Cut(arg, "#")
	if _, _, _, scp := slipway.CutSCP(repo); !scp && !strings.Contains(repo, "://") {
		return Location{Dir: arg}, nil
	}
	if _, err := parseRemote(repo); err != nil {
		return Location{}, err
	}
	ref, subdir, _ := strings.Cut(fragment, ":")
	if err := checkRef(ref); err != nil {
		return Location{}, err
	}
	subdir, err := cleanSubdir(subdir)
	if err != nil {
		return Location{}, err
	}
	return Location{URL: repo, Ref: ref, Subdir: subdir}, nil
}

func usagef(format string, args ...any) *slipway.Error {
	return slipway.Errorf(slipway.CodeUsage, format, args...).WithHint(locationHint)
}

// checkRef refuses what git itself refuses as the name of a reference
// (git-check-ref-format) and what could be read as an option.
func checkRef(ref string) error {
	bad := strings.HasPrefix(ref, "-") || strings.HasPrefix(ref, "/") || strings.HasSuffix(ref, "/") ||
		strings.HasSuffix(ref, ".") || strings.HasSuffix(ref, ".lock") || ref == "@" ||
		strings.Contains(ref, "..") || strings.Contains(ref, "//") || strings.Contains(ref, "/.") ||
		strings.HasPrefix(ref, ".") || strings.Contains(ref, "@{") ||
		strings.ContainsAny(ref, " ~^:?*[\\\x7f") || strings.IndexFunc(ref, unicode.IsControl) >= 0
	if bad {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a branch, tag or commit", ref).
			WithHint("write the name as `git branch` or `git tag` shows it, or 40 hex digits")
	}
	return nil
}

func cleanSubdir(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	clean := path.Clean(dir)
	if !fs.ValidPath(clean) {
		return "", slipway.Errorf(slipway.CodeUsage, "the subdirectory %q is not below the repository's root", dir).
			WithHint("write it relative to the root, as in #main:services/api")
	}
	if clean == "." {
		return "", nil
	}
	return clean, nil
}

// remote is a parsed repository URL, its credentials apart.
type remote struct {
	Scheme string // https, http, ssh
	Host   string // name or address, without port and brackets
	Port   string // always set
	Path   string // escaped, as it stands in the URL
	User   string // ssh only
	Scp    bool   // user@host:path, whose path is relative to the user's home
	login  *url.Userinfo
}

func parseRemote(text string) (remote, error) {
	if user, host, path, ok := slipway.CutSCP(text); ok {
		return remote{Scheme: "ssh", User: user, Host: host, Port: "22", Path: path, Scp: true}, nil
	}
	if !strings.Contains(text, "://") {
		return remote{}, usagef("%q is not a repository URL", text)
	}
	u, err := url.Parse(text)
	if err != nil {
		return remote{}, usagef("the repository URL cannot be read").Because(unwrapURL(err))
	}
	ports := map[string]string{"https": "443", "http": "80", "ssh": "22"}
	port, ok := ports[u.Scheme]
	if !ok {
		return remote{}, slipway.Errorf(slipway.CodeUsage, "the URL scheme %q is not allowed", u.Scheme).
			WithHint("repositories are fetched over https, http or ssh; a directory is given without a scheme")
	}
	r := remote{Scheme: u.Scheme, Host: strings.ToLower(u.Hostname()), Port: u.Port(), Path: u.EscapedPath()}
	if r.Port == "" {
		r.Port = port
	}
	if r.Scheme == "ssh" {
		r.User = u.User.Username()
	} else {
		r.login = u.User
	}
	return r, r.check(u)
}

// unwrapURL drops the URL from a parse error: it may hold a password.
func unwrapURL(err error) error {
	if e, ok := err.(*url.Error); ok { //nolint:errorlint // url.Parse returns it bare
		return e.Err
	}
	return err
}

func (r remote) check(u *url.URL) error {
	switch {
	case r.Host == "" || strings.HasPrefix(r.Host, "-") || strings.ContainsAny(r.Host, "%\\ '\"`$;&|<>()"):
		return usagef("%q is not a host name", r.Host)
	case strings.HasPrefix(r.User, "-") || strings.ContainsAny(r.User, " '\"`$;&|<>()\\"):
		return usagef("%q is not a user name", r.User)
	case u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return usagef("the repository URL of host %s has more than a path", r.Host)
	case strings.Trim(u.Path, "/") == "":
		return usagef("the URL of host %s names no repository", r.Host)
	case strings.IndexFunc(u.Path+r.Host+u.User.String(), unicode.IsControl) >= 0:
		return usagef("the repository URL of host %s has a control character in it", r.Host)
	}
	return nil
}
