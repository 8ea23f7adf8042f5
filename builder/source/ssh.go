package source

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// ssh is the command for git's shell. Nothing in it comes from outside but
// the address that was judged and the host, whose characters were checked.
// known_hosts has the name, with the port where it is not 22.
func (g *systemGit) ssh(a *access) string {
	files := ""
	if g.known != "" {
		files = " -o GlobalKnownHostsFile=/dev/null -o " + shellWord(`UserKnownHostsFile="`+strings.ReplaceAll(g.known, "%", "%%")+`"`)
	}
	if g.key != "" {
		files += " -o IdentityAgent=none -o IdentitiesOnly=yes -o " + shellWord(`IdentityFile="`+strings.ReplaceAll(g.key, "%", "%%")+`"`)
	}
	return fmt.Sprintf("ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ProxyCommand=none -o ClearAllForwardings=yes "+
		"-o PermitLocalCommand=no -o ConnectTimeout=%d -o ServerAliveInterval=15 -o HostName=%s -o 'HostKeyAlias=%s'%s",
		max(1, int(g.limits.Connect/time.Second)), a.pinned, a.remote.knownName(), files)
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
