// Command tally prints a tally with the experimental encoding/json/v2.
package main

import (
	"encoding/json/v2"
	"fmt"
	"log"
)

func main() {
	text, err := json.Marshal(map[string][]string{"votes": nil})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("tally: %s\n", text)
}
