package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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
