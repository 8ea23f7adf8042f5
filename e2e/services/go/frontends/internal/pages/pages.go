// Package pages holds what the two front ends are built to.
package pages

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed all:admin all:shop
var Files embed.FS

// Shop serves the shop's page at the root.
func Shop() http.Handler {
	shop, err := fs.Sub(Files, "shop")
	if err != nil {
		panic(err) // the name is one that embed knows
	}
	return http.FileServerFS(shop)
}
