package contract

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"path"
	"strings"
)

// files are those that start the image: its init and its program. Paths
// below /bin and /sbin are also looked for below /usr, where Debian keeps
// them behind a link.
type files struct {
	wanted map[string]bool
	seen   map[string]program
}

// program is what is known of a file that starts the image.
type program struct {
	link        string // target of a symbolic link
	interpreter string // of a script: what stands behind "#!"
	isELF       bool
	static      bool // an ELF that needs no dynamic linker
	tooBig      bool // larger than is read: nothing is known of it
}

func newFiles(init string, start []string) files {
	f := files{wanted: map[string]bool{}, seen: map[string]program{}}
	for _, name := range append([]string{init}, start[:min(1, len(start))]...) {
		f.add(name)
	}
	return f
}

func (f files) add(name string) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	f.wanted[name] = true
	for _, dir := range []string{"bin/", "sbin/"} {
		if strings.HasPrefix(name, dir) {
			f.wanted["usr/"+name] = true
		}
	}
}

func (f files) want(name string) bool { return f.wanted[name] }

// see learns of a wanted file, or of its going.
func (f files) see(e entry) {
	if hidden, ok := whiteout(e.name); ok {
		delete(f.seen, hidden)
		return
	}
	if !f.wanted[e.name] {
		return
	}
	switch e.header.Typeflag {
	case tar.TypeReg:
		f.seen[e.name] = inspect(e.head, e.header.Size)
	case tar.TypeSymlink:
		f.seen[e.name] = program{link: e.header.Linkname}
	default:
		delete(f.seen, e.name)
	}
}

// whiteout gives the name that an entry deletes (image-spec, layer.md).
func whiteout(name string) (string, bool) {
	dir, base := path.Split(name)
	hidden, ok := strings.CutPrefix(base, ".wh.")
	return dir + hidden, ok && hidden != ".wh..opq"
}

func inspect(body []byte, size int64) program {
	if size > int64(len(body)) {
		return program{tooBig: true}
	}
	if line, ok := bytes.CutPrefix(body, []byte("#!")); ok {
		line, _, _ = bytes.Cut(line[:min(len(line), 256)], []byte("\n"))
		return program{interpreter: strings.TrimSpace(string(line))}
	}
	f, err := elf.NewFile(bytes.NewReader(body))
	if err != nil {
		return program{}
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return program{isELF: true}
		}
	}
	return program{isELF: true, static: true}
}

// find gives what is known of an absolute path.
func (f files) find(name string) (program, bool) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if p, ok := f.seen[name]; ok {
		return p, true
	}
	p, ok := f.seen["usr/"+name]
	return p, ok
}
