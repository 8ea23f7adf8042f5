// Command orders answers with an order, whose type is generated in the build.
package main

import (
	"log"
	"net/http"
	"os"

	"google.golang.org/protobuf/encoding/protojson"

	"example.com/orders/internal/pb"
)

//go:generate sh generate.sh

func main() {
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		text, err := protojson.Marshal(&pb.Order{Item: "lamp", Count: 2})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(text)
	})
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
