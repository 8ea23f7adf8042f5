package source

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// ssh is the command for git's shell.
func (g *systemGit) ssh(a *access) string {
	words := []string{"ssh"}
	for _, o := range g.sshOptions(a) {
		words = append(words, "-o", shellWord(o))
	}
	return strings.Join(words, " ")
}

// sshOptions are what ssh is told whatever the user's own configuration says.
// Nothing in them comes from outside but the address that was judged and the
// host, whose characters were checked. known_hosts has the name, with the port
// where it is not 22. A connection that another ssh keeps open would be in with
// that one's key.
func (g *systemGit) sshOptions(a *access) []string {
	options := []string{
		"BatchMode=yes", "StrictHostKeyChecking=yes", "ProxyCommand=none", "ClearAllForwardings=yes", "ForwardAgent=no",
		"PermitLocalCommand=no", "ControlMaster=no", "ControlPath=none",
		"ConnectTimeout=" + strconv.Itoa(max(1, int(g.limits.Connect/time.Second))), "ServerAliveInterval=15",
		"HostName=" + a.pinned, "HostKeyAlias=" + a.remote.knownName(),
	}
	if g.known != "" {
		options = append(options, "GlobalKnownHostsFile=/dev/null", `UserKnownHostsFile="`+strings.ReplaceAll(g.known, "%", "%%")+`"`)
	}
	if g.key != "" {
		options = append(options, "IdentityAgent=none", "IdentitiesOnly=yes", `IdentityFile="`+strings.ReplaceAll(g.key, "%", "%%")+`"`)
	}
	return options
}

// knownName is the host as a file of host keys has it (sshd(8)).
func (r remote) knownName() string {
	if r.Port == "22" {
		return r.Host
	}
	return "[" + r.Host + "]:" + r.Port
}

// shellWord quotes a word for the shell that git runs.
func shellWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// refusedBySSH reads what ssh says (OpenSSH 8 to 10, in English). Nothing that
// could have changed a host's key is answered by a hint to believe it.
func refusedBySSH(r remote, said string) *slipway.Error {
	switch {
	case strings.Contains(said, "REMOTE HOST IDENTIFICATION HAS CHANGED"):
		return slipway.Errorf(slipway.CodeForbidden, "the ssh key of %s is not the one that is known", r.knownName()).
			WithHint("somebody may be in between; ask who runs %s before you replace the key in the file of known hosts", r.Host)
	case strings.Contains(said, "Host key verification failed"):
		return slipway.Errorf(slipway.CodeForbidden, "the ssh key of %s is not known", r.knownName()).
			WithHint("`ssh-keyscan -p %s %s` prints it: compare it with what its operators publish, then add it to the file of known hosts", r.Port, r.Host)
	case strings.Contains(said, "Permission denied ("):
		return slipway.Errorf(slipway.CodeForbidden, "%s does not let this fetch in with any ssh key that is here", r).
			WithHint("add a key that may read it to the agent: `ssh-add FILE`; `ssh-add -l` lists those that it has")
	}
	return nil
}

// pin judges every address of an ssh host and gives the first: ssh is then
// told to use that one.
func pin(ctx context.Context, r remote, to reach) (string, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", r.Host)
	if err != nil || len(addrs) == 0 {
		return "", unavailablef("the host %s is not known here", r.Host).
			WithHint("give the host's real name: aliases of ssh's configuration are not read").Because(err)
	}
	for _, addr := range addrs {
		if why := to.refuses(addr); why != "" {
			return "", forbiddenAddress(r.address(), why)
		}
	}
	return addrs[0].Unmap().String(), nil
}
