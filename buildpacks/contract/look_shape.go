package contract

import (
	"archive/tar"
	"path"
	"strings"
)

// lookShape finds entries that are no plain files within the root.
func lookShape(s *subject, e entry) {
	o := s.contents(RuleLayers)
	const hint = "make the layer with a build tool, of plain files, directories and links"
	if escapes(e.header.Name) {
		o.find(hint, "layer %d has the entry %q, which leaves the root", e.layer, e.header.Name)
	}
	switch e.header.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeXGlobalHeader:
	case tar.TypeLink:
		if escapes(e.header.Linkname) {
			o.find(hint, "layer %d links /%s to %q, which leaves the root", e.layer, e.name, e.header.Linkname)
		}
	case tar.TypeSymlink:
		// A relative target counts from the link's own directory.
		if target := e.header.Linkname; !path.IsAbs(target) && escapes(path.Dir(e.name)+"/"+target) {
			o.find(hint, "layer %d links /%s to %q, which leaves the root", e.layer, e.name, target)
		}
	default:
		if !s.known && e.within("dev") {
			return // bootstrapped distributions have some, hidden by the runtime's /dev
		}
		o.find(hint, "layer %d has /%s, which is a device, pipe or other special file", e.layer, e.name)
	}
}

// escapes tells whether a name, followed from the root, climbs above it.
func escapes(name string) bool {
	clean := path.Clean(strings.TrimLeft(name, "/"))
	return clean == ".." || strings.HasPrefix(clean, "../")
}
