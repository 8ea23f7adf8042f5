package repo

import (
	"iter"
	"path"
)

// Upwards gives the service's directory and those above it, up to the root
// of the repository.
func (s Service) Upwards() iter.Seq[string] {
	return func(yield func(string) bool) {
		for dir := path.Clean(s.Dir); yield(dir) && dir != "."; {
			dir = path.Dir(dir)
		}
	}
}
