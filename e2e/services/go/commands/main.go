// Command tide tells of the tide, as a server or once.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "tide"}
	root.AddCommand(serve(), &cobra.Command{Use: "once", Run: func(*cobra.Command, []string) { fmt.Println("low") }})
	if root.Execute() != nil {
		os.Exit(1)
	}
}

func serve() *cobra.Command {
	return &cobra.Command{Use: "serve", RunE: func(*cobra.Command, []string) error {
		http.HandleFunc("/tide", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "the tide is low") })
		http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
		return http.ListenAndServe(":"+os.Getenv("PORT"), nil)
	}}
}
