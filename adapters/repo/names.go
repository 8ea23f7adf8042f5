package repo

import "io/fs"

// Names lists the regular files of a directory by name, in order; none when
// it cannot be read.
func Names(tree fs.FS, dir string) []string {
	entries, err := fs.ReadDir(tree, dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names
}
