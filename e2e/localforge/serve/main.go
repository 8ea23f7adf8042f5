// Command serve is a small forge on loopback for the demonstration: it makes
// the repositories that are named, each with a hook, prints its address and
// then each status that is set, and serves until it is interrupted.
//
//	serve -dir DIR [-listen ADDRESS] TEAM/NAME...
//
// Where pushes are told stands in DIR/TEAM/NAME.hook, as "URL SECRET", and is
// read again for each push.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/slipway-ci/slipway/e2e/localforge"
)

func main() {
	dir := flag.String("dir", "", "directory of the repositories")
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	if err := run(*dir, *listen, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own
	}
}

func run(dir, listen string, repositories []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	hook := func(repository string) localforge.Hook {
		return readHook(filepath.Join(dir, filepath.FromSlash(repository)+".hook"))
	}
	f, err := localforge.Start(ctx, localforge.Config{Dir: dir, Listen: listen, Hook: hook, Status: show})
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it is over
	for _, r := range repositories {
		if err := f.Create(ctx, r, localforge.Hook{}); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stdout, f.URL())
	<-ctx.Done()
	return nil
}

// show prints a status as a forge would at the commit.
func show(s localforge.Status) {
	fmt.Fprintf(os.Stdout, "status: %-8s %.8s %s: %s\n", s.State, s.Commit, s.Context, s.Description)
}

func readHook(file string) localforge.Hook {
	b, err := os.ReadFile(file)
	if err != nil {
		return localforge.Hook{} // nobody has said yet
	}
	url, secret, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	return localforge.Hook{URL: url, Secret: secret}
}
