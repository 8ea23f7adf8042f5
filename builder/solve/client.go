// Package solve runs compiled plans on a BuildKit daemon: it serves the files
// and secrets of one build through a session, follows the progress, and gives
// back the digest of the content image, or an error that says whose failure
// it was.
package solve

import (
	"context"
	"time"

	"github.com/moby/buildkit/client"

	"github.com/slipway-ci/slipway"
)

// minDaemon is the oldest daemon that is talked to: the first with the
// recording proxy network and with the fixes of the advisories of 2026.
const minDaemon = "v0.34.0"

// Client talks to one daemon. It is safe for concurrent use.
type Client struct {
	bk      *client.Client
	proxied bool
	auth    map[string]Credentials
}

// Credentials are a user's at one registry.
type Credentials struct {
	User     string
	Password string
}

// Config says how to reach a daemon.
type Config struct {
	Address  string                 // unix://…, tcp://…, docker-container://…
	Proxied  bool                   // steps reach the network only through BuildKit's recording proxy
	Registry map[string]Credentials // by registry host
}

// Dial connects and checks the daemon's version. A daemon that does not
// answer within ten seconds is CodeUnavailable. When ctx ends first, the error
// is its cause.
func Dial(ctx context.Context, c Config) (*Client, error) {
	bk, err := client.New(ctx, c.Address)
	if err != nil {
		return nil, unreachable(c.Address, err)
	}
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	info, err := bk.Info(wait)
	if err != nil {
		_ = bk.Close()
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, unreachable(c.Address, err)
	}
	if v := info.BuildkitVersion.Version; tooOld(v) {
		_ = bk.Close()
		return nil, slipway.Errorf(slipway.CodeUsage, "the BuildKit daemon at %s has version %s", c.Address, v).
			WithHint("run %s or newer there", minDaemon)
	}
	return &Client{bk: bk, proxied: c.Proxied, auth: c.Registry}, nil
}

// Ping asks the daemon whether it is there; CodeUnavailable when it does not
// answer within ten seconds.
func (c *Client) Ping(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := c.bk.Info(wait); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the BuildKit daemon does not answer").WithClass(slipway.ClassPlatform).Because(err)
	}
	return nil
}

// Close ends the connection; builds that run on it end with an error.
func (c *Client) Close() error { return c.bk.Close() }

func unreachable(address string, err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the BuildKit daemon at %s does not answer", address).
		WithClass(slipway.ClassPlatform).Because(err)
}
