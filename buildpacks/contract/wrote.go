package contract

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// wrote says where a program wrote that may not, and what to do about it.
// What it wrote into directories beside it is named as slipway.yaml names
// those.
func (s *subject) wrote(files []string) (where, hint string) {
	const elsewhere = "let it write to /tmp or to paths that are declared as volumes"
	if len(files) == 0 {
		return "", elsewhere
	}
	where = fmt.Sprintf(": it writes %s", files[0])
	if more := len(files) - 1; more > 0 {
		where = fmt.Sprintf("%s and %d more", where, more)
	}
	dirs, alone := s.whereTo(files)
	if len(dirs) == 0 {
		return where, fmt.Sprintf("let it write %s into a directory of its own, and declare that: `writable: [data]` in slipway.yaml, VOLUME in a Dockerfile", alone)
	}
	return where, fmt.Sprintf("declare it: `writable: [%s]` in slipway.yaml, VOLUME in a Dockerfile; or %s", strings.Join(dirs[:min(len(dirs), 5)], ", "), elsewhere)
}

// whereTo gives the directories of the files, as slipway.yaml names them, and
// one file that lies in none but the program's own.
func (s *subject) whereTo(files []string) (dirs []string, alone string) {
	work := path.Join("/", s.file.Config.WorkingDir)
	for _, f := range files {
		rel, _ := strings.CutPrefix(f, work+"/")
		dir, name := path.Split(rel) // "logs/", "" of a directory
		if dir == "" {
			alone = name
			continue
		}
		dirs = append(dirs, path.Clean(dir))
	}
	slices.Sort(dirs)
	return topmost(dirs), alone
}

// topmost leaves those out that lie in another; dirs is sorted.
func topmost(dirs []string) []string {
	var top []string
	for _, dir := range dirs {
		if last := len(top) - 1; last < 0 || dir != top[last] && !strings.HasPrefix(dir, top[last]+"/") {
			top = append(top, dir)
		}
	}
	return top
}
