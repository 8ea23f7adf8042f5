package source

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// systemGit fetches with the git of the machine, shallow: the next commit of
// a repository of 7,600 files took 0.03 s and 11 MB, and only its new objects
// were sent, because the commit before it is kept by a reference.
type systemGit struct {
	program string
	agent   string // SSH_AUTH_SOCK
	key     string // file of the private key; "" the agent's and the user's
	known   string // file of host keys; "" the user's
	limits  Limits
	bundle  string // file of CA certificates; "" the system's
}

func (g *systemGit) kind() string { return "git" }

func (g *systemGit) refs(ctx context.Context, a *access, short string) ([]ref, error) {
	args := []string{"ls-remote", "--symref"}
	if short == branchRefs {
		args = append(args, "--heads") // the one thing that git tells the server
	}
	args = append(args, "--end-of-options", a.remote.String())
	if !shortID.MatchString(short) {
		args = append(args, patterns(short)...)
	}
	out, err := g.run(ctx, a, args...)
	if err != nil {
		return nil, err
	}
	return parseRefs(out), nil
}

// patterns are what git prints of what the server sends, which is everything:
// git ls-remote keeps its patterns to itself. An empty list means all.
func patterns(short string) []string {
	switch short {
	case allRefs, branchRefs:
		return nil
	case "", "HEAD":
		return []string{"HEAD"}
	}
	tag := "refs/tags/" + short
	return []string{short, "refs/" + short, "refs/heads/" + short, tag, tag + "^{}"}
}

// allRefs stands for every reference, branchRefs for those of branches; no
// reference can have such a name.
const (
	allRefs    = "*"
	branchRefs = "refs/heads/*"
)

// parseRefs reads the output of git ls-remote --symref. Lines that are not
// understood are stepped over.
func parseRefs(out []byte) []ref {
	var refs []ref
	at := map[string]int{}
	targets := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, maxOutput)
	for lines.Scan() {
		id, name, ok := strings.Cut(lines.Text(), "\t")
		if !ok || name == "" {
			continue
		}
		if target, ok := strings.CutPrefix(id, "ref: "); ok {
			targets[name] = target
			continue
		}
		if !wholeID.MatchString(id) {
			continue
		}
		if tag, peeled := strings.CutSuffix(name, "^{}"); peeled {
			if i, ok := at[tag]; ok {
				refs[i].SHA = id
			}
			continue
		}
		at[name] = len(refs)
		refs = append(refs, ref{Name: name, SHA: id, Target: targets[name]})
	}
	return refs
}

func (g *systemGit) fetch(ctx context.Context, a *access, m *mirror, w wanted) error {
	err := g.fetchSpec(ctx, a, m, w.SHA+":refs/keep/"+w.SHA, "--depth=1")
	name := cmp.Or(w.Name, w.Behind)
	if name == "" || !unadvertised(err) || w.Name == "" && !silent(err) {
		return err
	}
	// A server of protocol v0 gives no commit by its id: ask for the name, and
	// see whether it still leads there.
	if err := g.fetchSpec(ctx, a, m, "+"+name+":refs/slipway/tip", "--depth=1"); err != nil {
		return err
	}
	o := &objects{mirror: m, storage: m.storage()}
	tip, err := o.storage.Reference("refs/slipway/tip")
	if err != nil {
		return err
	}
	c, err := o.commit(tip.Hash())
	switch {
	case err == nil && c.Hash.String() == w.SHA:
		return m.keep(w.SHA)
	case w.Name == "":
		return errBehind
	default:
		return errors.Join(err, unavailablef("%s moved while it was fetched", w.Name).WithHint("try again"))
	}
}

func (g *systemGit) fetchSpec(ctx context.Context, a *access, m *mirror, spec string, options ...string) error {
	args := append([]string{"--git-dir=" + m.dir(), "fetch", "--quiet", "--no-tags", "--no-auto-gc", "--no-recurse-submodules", "--no-write-fetch-head"}, options...)
	_, err := g.run(ctx, a, append(args, "--end-of-options", a.remote.String(), spec)...)
	return err
}

func unadvertised(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && (strings.Contains(f.stderr, "unadvertised object") || strings.Contains(f.stderr, "not our ref"))
}

// silent tells that a server was not even asked for a commit, since it gives
// none by its id. One that was asked and does not have it has it nowhere.
func silent(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && strings.Contains(f.stderr, "unadvertised object")
}

func (g *systemGit) run(ctx context.Context, a *access, args ...string) ([]byte, error) {
	return g.limits.run(ctx, process{argv: append([]string{g.program}, args...), env: g.env(a)})
}

// env is everything that git learns from its surroundings: no configuration
// of the machine or the user, no prompt, no helper, one transport.
func (g *systemGit) env(a *access) []string {
	env := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=", "SSH_ASKPASS=", "GIT_OPTIONAL_LOCKS=0", "GIT_ATTR_NOSYSTEM=1",
	}
	config := []string{
		"protocol.allow", "never", "protocol." + a.remote.Scheme + ".allow", "always",
		"core.hooksPath", os.DevNull, "core.fsmonitor", "false", "credential.helper", "",
		"gc.auto", "0", "maintenance.auto", "false", "fetch.recurseSubmodules", "false",
		"core.packedGitWindowSize", "64m", "core.packedGitLimit", "512m", "pack.threads", "2",
	}
	if a.gate != nil {
		// The gate refuses redirects to other hosts before a byte is sent.
		config = append(config, "http.proxy", a.gate.url(), "http.proxyAuthMethod", "basic", "http.followRedirects", "initial")
	} else {
		env = append(env, "GIT_SSH_VARIANT=ssh", "SSH_AUTH_SOCK="+g.agent, "GIT_SSH_COMMAND="+g.ssh(a))
	}
	if g.bundle != "" {
		config = append(config, "http.sslCAInfo", g.bundle)
	}
	if a.login != nil {
		password, _ := a.login.Password()
		token := base64.StdEncoding.EncodeToString([]byte(a.login.Username() + ":" + password))
		config = append(config, "http."+a.remote.Scheme+"://"+a.remote.authority()+"/.extraHeader", "Authorization: Basic "+token)
	}
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(config)/2))
	for i := 0; i < len(config); i += 2 {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i/2, config[i]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i/2, config[i+1]))
	}
	return env
}

// writeBundle joins the organisation's CA certificates with the system's: git
// and curl read one file.
func writeBundle(dir string, ca []byte) (string, error) {
	if len(ca) == 0 {
		return "", nil
	}
	all := []byte{}
	for _, path := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"} {
		if data, err := os.ReadFile(path); err == nil {
			all = append(append(all, data...), '\n')
			break
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", diskError(dir, err)
	}
	f, err := os.CreateTemp(dir, "ca-*.pem")
	if err != nil {
		return "", diskError(dir, err)
	}
	_, err = f.Write(append(all, ca...))
	if err = errors.Join(err, f.Chmod(0o600), f.Close()); err == nil {
		final := filepath.Join(dir, "ca.pem")
		return final, errors.Join(os.Rename(f.Name(), final))
	}
	return "", errors.Join(diskError(dir, err), os.Remove(f.Name()))
}
