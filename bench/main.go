// Command bench prints the figures that Slipway holds itself to, beside those
// of its rivals, measured in one run on one machine. It asserts nothing: a
// figure that misses its bar is printed as such, and the exit status says only
// whether everything could be measured. README.md says how it measures and
// what is not like for like.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that went away must not keep us from stopping what we started
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
