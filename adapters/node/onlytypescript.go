package node

import (
	"errors"
	"io/fs"
)

var errOther = errors.New("another file")

// onlyTypeScript tells whether a directory has TypeScript and nothing else.
func (p *planner) onlyTypeScript(dir string) bool {
	found := false
	err := fs.WalkDir(p.Tree, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case !isTypeScript(name):
			return errOther
		}
		found = true
		return nil
	})
	return err == nil && found
}
