// Command shop answers with a page whose template lies beside it.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	"example.com/shop/internal/page"
)

func main() {
	title := flag.String("title", "Shop", "what the page is called")
	flag.Parse()
	if flag.Arg(0) == "migrate" {
		fmt.Println("nothing to migrate")
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		if err := page.Write(w, "templates/index.html", *title); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	http.HandleFunc("/terms", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, page.Terms) })
	if err := http.ListenAndServe(":"+os.Getenv("PORT"), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
