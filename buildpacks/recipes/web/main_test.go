package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// output collects what the server logs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// get asks until the server answers.
func get(t *testing.T, url string) string {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(body)
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestRun_ServesUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"with a log": nil, "quiet": {"-quiet"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("hello"), 0o644); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			var log output
			port, ended := freePort(t), make(chan error, 1)
			go func() { ended <- run(ctx, append(args, "-root", dir), port, &log) }()
			if got := get(t, "http://127.0.0.1:"+port+"/?q=secret"); got != "hello" {
				t.Errorf("got %q", got)
			}
			stop()
			if err := <-ended; err != nil {
				t.Errorf("ended with %v", err)
			}
			line := regexp.MustCompile(`(?m)^\S+Z 127\.0\.0\.1 GET "/" 200 5 \S+s$`)
			if line.MatchString(log.String()) != (args == nil) || strings.Contains(log.String(), "secret") {
				t.Errorf("logged %q", log.String())
			}
		})
	}
}

func TestRun_Refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		port string
		args []string
	}{
		"a port that is none":      {"http", []string{"-root", dir}},
		"port 0":                   {"0", []string{"-root", dir}},
		"an unknown flag":          {"", []string{"-x"}},
		"an argument":              {"", []string{"-root", dir, "x"}},
		"a directory that is none": {"", []string{"-root", filepath.Join(dir, "x")}},
	} {
		if err := run(t.Context(), tt.args, tt.port, io.Discard); err == nil {
			t.Errorf("%s: served", name)
		}
	}
}
