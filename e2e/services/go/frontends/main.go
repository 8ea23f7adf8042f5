// Command market serves two pages out of its own program: the shop to
// everybody, the back office below /admin/.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/market/internal/pages"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/offers", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `["three quills"]`) })
	mux.Handle("GET /admin/", http.FileServerFS(pages.Files))
	mux.Handle("GET /", pages.Shop())
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: ":" + port, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
