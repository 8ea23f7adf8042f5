package engine

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// connect gives a connection to the target, directly or through the upstream
// proxy.
func (g *Gate) connect(ctx context.Context, t target) (net.Conn, error) {
	proxy, err := g.upstream(&url.URL{Scheme: "https", Host: t.address()})
	if err != nil {
		return nil, errors.New("the organisation's HTTPS proxy setting cannot be used")
	}
	if proxy == nil {
		return g.dial(ctx, "tcp", t.address())
	}
	if err := g.permitUpstream(ctx, t); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dialProxy(ctx, proxy)
	if err != nil {
		return nil, fmt.Errorf("the organisation's proxy %s does not answer: %s", proxy.Host, plainCause(err))
	}
	tunnel, err := connectThrough(ctx, conn, proxy, t)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return tunnel, nil
}

func dialProxy(ctx context.Context, proxy *url.URL) (net.Conn, error) {
	port := proxy.Port()
	switch {
	case port == "" && proxy.Scheme == "https":
		port = "443"
	case port == "":
		port = "80"
	}
	address := net.JoinHostPort(proxy.Hostname(), port)
	switch proxy.Scheme {
	case "https":
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	case "http":
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	return nil, fmt.Errorf("its scheme is %q, not http or https", proxy.Scheme)
}

// connectThrough asks the upstream proxy for a tunnel.
func connectThrough(ctx context.Context, conn net.Conn, proxy *url.URL, t target) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := &http.Request{
		Method: http.MethodConnect, Host: t.address(),
		URL: &url.URL{Opaque: t.address()}, Header: http.Header{},
	}
	if user := proxy.User; user != nil {
		password, _ := user.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
		request.Header.Set("Proxy-Authorization", "Basic "+basic)
	}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, request) //nolint:bodyclose // an accepted CONNECT has none, and the connection is closed otherwise
	if err != nil {
		return nil, fmt.Errorf("the organisation's proxy gave no answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the organisation's proxy %s answered %q", proxy.Host, response.Status)
	}
	return &bufferedConn{Conn: conn, reader: reader}, nil
}

// bufferedConn reads first what the answer's reader already holds.
type bufferedConn struct {
	net.Conn
	reader *bufio.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// CloseWrite passes the end of one direction on.
func (c *bufferedConn) CloseWrite() error { return closeWrite(c.Conn) }
