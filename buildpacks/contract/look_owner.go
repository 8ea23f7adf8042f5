package contract

import (
	"archive/tar"
	"path"
	"strings"
)

// Bits of a tar header's mode (POSIX pax).
const (
	modeSetID        = 0o6000
	modeSticky       = 0o1000
	modeOthersWrite  = 0o022
	capabilityRecord = "SCHILY.xattr.security.capability"
)

// lookOwner finds files that the program could change, or that would make
// it more than it is.
func lookOwner(s *subject, e entry) {
	h := e.header
	if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
		return
	}
	if !s.known && !e.within(strings.TrimPrefix(programDir(s), "/")) {
		return // the run image's own files, as far as anybody can tell
	}
	o := s.contents(RuleUser)
	if h.Typeflag == tar.TypeReg && (h.Mode&modeSetID != 0 || h.PAXRecords[capabilityRecord] != "") {
		o.find("clear the bit (chmod ug-s, setcap -r): the program needs no rights but its own", "/%s in layer %d is set-uid, set-gid or has capabilities", e.name, e.layer)
	}
	if inVolume(s, e) {
		return
	}
	if h.Uid != 0 {
		o.find("copy it with owner root (COPY without --chown)", "/%s in layer %d belongs to user %d, who may change it", e.name, e.layer, h.Uid)
	}
	if h.Mode&modeOthersWrite != 0 && h.Mode&modeSticky == 0 {
		o.find("copy it without write permission for others (COPY --chmod=u=rwX,go=rX)", "/%s in layer %d may be written by others (mode %04o)", e.name, e.layer, h.Mode&0o7777)
	}
}

func programDir(s *subject) string {
	if dir := path.Clean("/" + s.file.Config.WorkingDir); dir != "/" {
		return dir
	}
	return Dir
}

// inVolume: what a volume hides at run time may belong to anybody.
func inVolume(s *subject, e entry) bool {
	for v := range s.file.Config.Volumes {
		if v = strings.TrimPrefix(path.Clean("/"+v), "/"); v != "" && e.within(v) {
			return true
		}
	}
	return false
}
