package solve

import (
	"context"

	"github.com/docker/cli/cli/config/types"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
)

// session is what the daemon may ask this side for besides files: the
// build's secrets, and credentials of the registries that it was given.
func (c *Client) session(secrets map[string][]byte) []session.Attachable {
	return []session.Attachable{
		secretsprovider.FromMap(secrets),
		authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: c.credentials}),
	}
}

// credentials answers with nothing for a registry that is not known: the
// daemon then asks anonymously.
func (c *Client) credentials(_ context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
	known := c.auth[host]
	return types.AuthConfig{ServerAddress: host, Username: known.User, Password: known.Password}, nil
}

// gitServer is what reads repositories for the steps; nil when they read none.
func (r Request) gitServer() *gitServer {
	if r.Git == nil {
		return nil
	}
	return newGitServer(*r.Git)
}

// withGit adds it to a session.
func (r Request) withGit(all []session.Attachable) []session.Attachable {
	if r.reads == nil {
		return all
	}
	return append(all, r.reads)
}
