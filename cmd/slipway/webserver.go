package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// webServer serves the API on an address that is known before anything is
// assembled: hooks and statuses carry it.
type webServer struct {
	listener net.Listener
	url      string // base, without a slash at the end
	log      *slog.Logger
}

// closeWithin is how long requests that are under way may take at the end.
const closeWithin = 10 * time.Second

func (c *controlPlane) listen(ctx context.Context) (*webServer, error) {
	config, err := c.flags.tls()
	if err != nil {
		return nil, err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.flags.listen)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "the API cannot listen on %s", c.flags.listen).
			WithHint("end what listens there (ss -ltnp names it), or choose another address: --listen 127.0.0.1:0 takes a free one").Because(err)
	}
	scheme := "http"
	if config != nil {
		ln, scheme = tls.NewListener(ln, config), "https"
	}
	w := &webServer{listener: ln, url: strings.TrimRight(c.flags.url, "/"), log: c.log}
	if w.url == "" {
		w.url = scheme + "://" + ln.Addr().String()
	}
	return w, nil
}

// tls is the configuration of what listens; nil without a certificate.
func (f *serverFlags) tls() (*tls.Config, error) {
	switch {
	case f.cert == "" && f.key == "":
		return nil, nil //nolint:nilnil // no TLS is what was asked for
	case f.cert == "" || f.key == "":
		return nil, slipway.Errorf(slipway.CodeUsage, "of a certificate and its key only one was given").WithHint("give --tls-cert and --tls-key together")
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the certificate %s cannot be used with the key %s", f.cert, f.key).Because(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}, nil
}

// serve serves until ctx ends. Then streams end, and requests that were begun
// are answered.
func (w *webServer) serve(ctx context.Context, handler http.Handler) error {
	streams, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := &http.Server{
		Handler: handler, BaseContext: func(net.Listener) context.Context { return streams },
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		end()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		stopped <- server.Shutdown(last)
	})
	err := server.Serve(w.listener)
	if stop() { // it ended by itself
		return slipway.Errorf(slipway.CodeUnavailable, "the API stopped listening").Because(err)
	}
	return errors.Join(ignoreClosed(err), <-stopped)
}

// Close ends listening where serve did not.
func (w *webServer) Close() error {
	if err := w.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
