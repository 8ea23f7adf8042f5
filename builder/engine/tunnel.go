package engine

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// tunnelIdle is how long a tunnel may rest before it is closed.
const tunnelIdle = 10 * time.Minute

func (g *Gate) serveConnect(w http.ResponseWriter, r *http.Request) {
	t, err := connectTarget(r.Host)
	if err != nil {
		refuseConnect(w, &refusal{status: http.StatusBadRequest, text: "slipway: this target cannot be connected to: " + err.Error()})
		return
	}
	if t.host == Host {
		refuseConnect(w, refuse(t, "the embedded registry is served over http there"))
		return
	}
	remote, err := g.connect(r.Context(), t)
	if err != nil {
		refuseConnect(w, answer(t, err))
		return
	}
	defer func() { _ = remote.Close() }()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "slipway: this connection cannot become a tunnel", http.StatusInternalServerError)
		return
	}
	defer func() { _ = client.Close() }()
	stop := context.AfterFunc(r.Context(), func() { _, _ = client.Close(), remote.Close() })
	defer stop()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	relay(client, buffered.Reader, remote)
}

// refuseConnect answers with the sentence as the reason phrase too: clients
// show that and drop the body of a refused CONNECT (net/http's does).
func refuseConnect(w http.ResponseWriter, told *refusal) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, told.text, told.status)
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		told.status, oneLine(told.text), len(told.text)+1, told.text) // the client may be gone
}

// oneLine keeps a text from ending the status line early.
func oneLine(text string) string {
	line := []byte(text)
	for i, b := range line {
		if b < ' ' || b == 0x7f {
			line[i] = ' '
		}
	}
	return string(line)
}

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

// relay copies both ways until both have ended or the tunnel rests too long.
func relay(client net.Conn, fromClient io.Reader, remote net.Conn) {
	up := make(chan struct{})
	go func() {
		defer close(up)
		pour(remote, fromClient, client, remote)
	}()
	pour(client, remote, client, remote)
	<-up
}

// pourBytes is the size of a tunnel's buffer in each direction.
const pourBytes = 64 << 10

// pour copies one way, putting the deadline of both ends off as it goes, and
// passes the end on.
func pour(to net.Conn, from io.Reader, ends ...net.Conn) {
	reader := &restless{reader: from, ends: ends}
	// Without its ReadFrom the connection is written to with our buffer.
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, reader, make([]byte, pourBytes)) // either end may break off
	_ = closeWrite(to)
}

func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return conn.Close()
}

// restless puts the tunnel's deadline off while something is read.
type restless struct {
	reader io.Reader
	ends   []net.Conn
	next   time.Time // when to put it off again
}

func (r *restless) Read(p []byte) (int, error) {
	if now := time.Now(); now.After(r.next) {
		r.next = now.Add(tunnelIdle / 20)
		for _, end := range r.ends {
			if err := end.SetDeadline(now.Add(tunnelIdle)); err != nil {
				return 0, err
			}
		}
	}
	return r.reader.Read(p)
}
