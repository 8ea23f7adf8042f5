package main

import (
	"context"
	"net"
	"net/http"
	"net/http/cgi"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// forge serves the bare repositories of a directory over HTTP with git's own
// server, in this process, on a free loopback port.
type forge struct {
	url    string
	server *http.Server
}

func startForge(ctx context.Context, dir string) (*forge, error) {
	out, _, err := git(dir, "--exec-path").run(ctx)
	if err != nil {
		return nil, err
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := exec.LookPath(backend); err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &forge{url: "http://" + ln.Addr().String(), server: &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: &cgi.Handler{
			Path: backend,
			Env: []string{
				"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2",
				"GIT_CONFIG_KEY_0=uploadpack.allowReachableSHA1InWant", "GIT_CONFIG_VALUE_0=true",
				"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
			},
		},
	}}
	go func() { _ = f.server.Serve(ln) }() // ends with Close
	return f, nil
}

func (f *forge) Close() error { return f.server.Close() }
