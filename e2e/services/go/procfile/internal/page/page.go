// Package page fills the shop's pages.
package page

import (
	_ "embed"
	"html/template"
	"io"
)

// Terms are part of the program.
//
//go:embed terms.txt
var Terms string

// Write fills the template in a file, which is read each time.
func Write(w io.Writer, file, title string) error {
	t, err := template.ParseFiles(file)
	if err != nil {
		return err
	}
	return t.Execute(w, title)
}
