// Package web holds the built page.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are those that Vite built.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
