package queue

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/slipway-ci/slipway"
)

// inside is the user of connections of this process, which may everything.
// No worker can have the name: it is not a label.
const inside = "_inside"

// gatekeeper lets in this process, and workers as what they are.
type gatekeeper struct {
	ctx    context.Context // of the server's life: the library asks without one
	secret string
	ask    func(ctx context.Context, worker, password string) error
	log    *slog.Logger
}

// Check implements server.Authentication.
func (g *gatekeeper) Check(c server.ClientAuthentication) bool {
	o := c.GetOpts()
	if o.Username == inside {
		_, network := c.RemoteAddress().(*net.TCPAddr)
		return !network && subtle.ConstantTimeCompare([]byte(o.Password), []byte(g.secret)) == 1
	}
	if c.Kind() != server.CLIENT || g.ask == nil || !slipway.ValidLabel(o.Username) || o.Password == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(g.ctx, 5*time.Second)
	defer cancel()
	if err := g.ask(ctx, o.Username, o.Password); err != nil {
		g.log.Warn("a worker was not let in", slog.String("worker", o.Username), slog.Any("error", err))
		return false
	}
	publish, subscribe := Permissions(o.Username)
	c.RegisterUser(&server.User{Username: o.Username, Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: publish},
		Subscribe: &server.SubjectPermission{Allow: subscribe},
	}})
	return true
}
