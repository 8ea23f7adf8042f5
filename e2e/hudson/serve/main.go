// Command serve runs a Hudson for the demonstration: it prints its address
// when it is ready, and runs until it is interrupted.
//
//	serve -jars DIR -dir DIR [-listen ADDRESS] [-reach PORT=HOST:PORT]... [-plugin FILE]...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/slipway-ci/slipway/e2e/hudson"
)

// inside makes this program the first process of Hudson's namespaces.
const inside = "inside"

func main() {
	if len(os.Args) == 2 && os.Args[1] == inside {
		os.Exit(hudson.Init()) //nolint:forbidigo // a program of its own
	}
	c := hudson.Config{Self: []string{"/proc/self/exe", inside}, Reach: map[int]string{}}
	flag.StringVar(&c.Jars, "jars", "", "directory that make/jars.sh filled")
	flag.StringVar(&c.Dir, "dir", "", "directory of its own, with a short name")
	flag.StringVar(&c.Listen, "listen", "127.0.0.1:0", "address")
	flag.Func("reach", "PORT=HOST:PORT: what answers at a port of Hudson's loopback", func(text string) error {
		port, target, _ := strings.Cut(text, "=")
		number, err := strconv.Atoi(port)
		c.Reach[number] = target
		return err
	})
	flag.Func("plugin", "file of a plugin", func(file string) error {
		c.Plugins = append(c.Plugins, file)
		return nil
	})
	flag.Parse()
	if err := run(c); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own
	}
}

func run(c hudson.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := hudson.Start(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it is over
	fmt.Fprintln(os.Stdout, s.URL())
	<-ctx.Done()
	return nil
}
