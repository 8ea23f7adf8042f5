package assemble_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// exit is an organisation's proxy: it forwards for whoever knows the password.
type exit struct {
	*httptest.Server
	user, password string
	served         atomic.Int64
}

func newExit(t *testing.T) *exit {
	t.Helper()
	e := &exit{user: "canary-user", password: "canary-password"}
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
		if user, password, _ := asked.BasicAuth(); user != e.user || password != e.password {
			w.Header().Set("Proxy-Authenticate", `Basic realm="exit"`)
			http.Error(w, "who are you", http.StatusProxyAuthRequired)
			return
		}
		e.served.Add(1)
		if r.Method == http.MethodConnect {
			tunnel(w, r)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

// tunnel copies bytes both ways until one side ends.
func tunnel(w http.ResponseWriter, r *http.Request) {
	out, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer out.Close()
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	var both sync.WaitGroup
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close()
		_ = from.Close()
	}
	both.Go(func() { pipe(out, in) })
	both.Go(func() { pipe(in, out) })
	both.Wait()
}
