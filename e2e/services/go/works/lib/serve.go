// Package lib is what the services of the workspace share.
package lib

import (
	"fmt"
	"net/http"
	"os"
)

// Serve answers every request with a text, on PORT.
func Serve(text string) {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, text) })
	if err := http.ListenAndServe(":"+os.Getenv("PORT"), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
