// Command worker is the workspace's worker: it works until it is told to
// stop.
package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"example.com/lib/greeting"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		fmt.Println(greeting.To(fmt.Sprint("worker, round ", n)))
		select {
		case <-tick.C:
		case <-ctx.Done():
			fmt.Println("stopping")
			return
		}
	}
}
