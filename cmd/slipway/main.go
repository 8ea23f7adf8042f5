// Command slipway turns a push into a uniform image. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run())
}

// run is main without os.Exit, so that deferred clean-up happens. A second
// signal ends the program at once.
func run() int {
	if code, hidden := reexec(os.Args); hidden {
		return code
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()
	app := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, environ: os.Environ}
	return app.execute(ctx, os.Args[1:])
}
