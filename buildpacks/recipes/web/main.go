// Command slipway-web serves the static files of a site. It is the program of
// the web run image: the standard library and nothing else, compiled in the
// image of the Go stack.
//
//	slipway-web [-root DIR] [-base PATH] [-fallback FILE]... [-404 FILE] [-quiet]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// How long a client may take to send a request's head, how long a connection
// may wait for its next one, and how long running answers may take when the
// server is told to stop: an orchestrator waits 10 s before it kills.
const (
	headTime = 10 * time.Second
	idleTime = 2 * time.Minute
	stopTime = 8 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := run(ctx, os.Args[1:], os.Getenv("PORT"), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "slipway-web:", err)
		os.Exit(1)
	}
}

// run serves until the context ends, then lets running answers finish.
func run(ctx context.Context, args []string, port string, log io.Writer) error {
	flags := flag.NewFlagSet("slipway-web", flag.ContinueOnError)
	dir := flags.String("root", "/app", "the directory of the site")
	base := flags.String("base", "", "a path below which the site answers too, as its links begin with it (/docs/)")
	var fallback []string
	flags.Func("fallback", "a file that answers for pages that are not there (a single page application); of several, the one in whose directory they would be", func(name string) error {
		fallback = append(fallback, name)
		return nil
	})
	notFound := flags.String("404", "", "a file that is sent, with status 404, for what is not there (plain text when the site has no such file)")
	quiet := flags.Bool("quiet", false, "do not log requests")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if port == "" {
		port = "8080"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("PORT is %q, which is no port", port)
	}
	site, err := openSite(*dir, fallback, *notFound)
	if err != nil {
		return err
	}
	defer site.close() //nolint:errcheck // only read
	site.base = strings.TrimSuffix(*base, "/")
	var handler http.Handler = site
	if !*quiet {
		handler = logged(handler, log)
	}
	return serve(ctx, net.JoinHostPort("0.0.0.0", port), handler, log)
}

func serve(ctx context.Context, address string, handler http.Handler, log io.Writer) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "listening on %s\n", listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headTime, IdleTimeout: idleTime}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return server.Shutdown(stopping)
}
