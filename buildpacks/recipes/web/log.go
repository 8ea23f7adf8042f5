package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// logged writes a line for each request: the time, the client, the method,
// the path, the status, the bytes of the answer and how long it took.
func logged(next http.Handler, to io.Writer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		counted := &counter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(counted, r)
		client, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			client = r.RemoteAddr
		}
		// One write for each line: lines of several requests do not mix.
		fmt.Fprintf(to, "%s %s %s %q %d %d %s\n", start.UTC().Format("2006-01-02T15:04:05.000Z"),
			client, r.Method, r.URL.Path, counted.status, counted.bytes, time.Since(start).Round(100*time.Microsecond))
	})
}

// counter remembers what was answered.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
	told   bool
}

// WriteHeader implements http.ResponseWriter.
func (c *counter) WriteHeader(status int) {
	if !c.told {
		c.status, c.told = status, true
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// ReadFrom lets the answer's file go to the socket without a copy.
func (c *counter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(c.ResponseWriter, r)
	c.bytes += n
	return n, err
}
