package api

import (
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/slipway-ci/slipway"
)

// checkCredential refuses what would open no repository: whoever enters it is
// told at once, and not by a fetch that fails. Nothing of a key is shown.
func checkCredential(c slipway.Credential) error {
	if c.SSHKey != "" {
		if err := checkKey(c.SSHKey); err != nil {
			return err
		}
	}
	number := 0
	for line := range strings.SplitSeq(c.KnownHosts, "\n") {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, _, _, _, _, err := ssh.ParseKnownHosts([]byte(line)); err != nil {
			return slipway.Errorf(slipway.CodeUsage, "line %d of the known hosts is not one of a known_hosts file", number).
				WithHint("each line is HOST TYPE KEY, as `ssh-keyscan HOST` prints them; compare them with what the forge publishes")
		}
	}
	return nil
}

func checkKey(key string) error {
	_, err := ssh.ParsePrivateKey([]byte(key))
	if _, sealed := errors.AsType[*ssh.PassphraseMissingError](err); sealed {
		return slipway.Errorf(slipway.CodeUsage, "the ssh key has a passphrase, and nobody is there to type it").
			WithHint("make one for this repository alone: `ssh-keygen -t ed25519 -N '' -f FILE`; it is sealed in the record")
	}
	if err != nil {
		return slipway.Errorf(slipway.CodeUsage, "the ssh key is not a private key in PEM").
			WithHint("give the file that ssh-keygen made, not the one that ends in .pub")
	}
	return nil
}
