package local

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/slipway-ci/slipway"
)

// closeTime is how long Close waits for requests that are being served.
const closeTime = 10 * time.Second

// Listen serves the registry on a TCP address ("127.0.0.1:0" chooses a port)
// until ctx ends or the Registry is closed, and gives the address it got.
// Without a guard everybody may everything. CodeUsage: an address beyond
// loopback that everybody could read.
func (r *Registry) Listen(ctx context.Context, addr string, guard *Guard) (net.Addr, error) {
	if guard != nil && (guard.Owner.User == "" || guard.Owner.Password == "") {
		return nil, slipway.Errorf(slipway.CodeUsage, "the registry does not listen on %s with empty credentials", addr).
			WithHint("give the registry a user and a password")
	}
	if (guard == nil || guard.Readable) && !loopback(addr) {
		return nil, slipway.Errorf(slipway.CodeUsage, "the registry does not listen on %s without credentials", addr).
			WithHint("listen on 127.0.0.1, or give the registry a user and a password")
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the registry cannot listen on %s", addr).
			WithHint("end what listens there (ss -ltnp names it), or choose another address: `slipway up --registry 127.0.0.1:0` takes a free one").Because(err)
	}
	h := r.Handler()
	if guard != nil {
		h = guard.Handler(h)
	}
	r.serve(ctx, ln, h)
	return ln.Addr(), nil
}

func (r *Registry) serve(ctx context.Context, ln net.Listener, h http.Handler) {
	// No ReadTimeout: a large layer over a slow line takes what it takes.
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	ended := make(chan struct{})
	r.served.Go(func() {
		defer close(ended)
		if err := srv.Serve(ln); r.ctx.Err() == nil && ctx.Err() == nil {
			r.log.LogAttrs(ctx, slog.LevelError, "registry stopped listening", slog.Any("error", err))
		}
	})
	r.served.Go(func() {
		select {
		case <-ctx.Done():
		case <-r.ctx.Done():
		case <-ended:
		}
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if err := srv.Shutdown(stop); err != nil {
			_ = srv.Close() // what did not end in time is cut
		}
	})
}

// loopback tells whether addr is an address that only this machine reaches.
// A name is not resolved: it may mean something else tomorrow.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}
