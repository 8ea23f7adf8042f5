package assemble

import (
	"os"
	"path/filepath"

	"github.com/slipway-ci/slipway"
)

// DebianMirror gives where build steps get Debian packages from: the
// organisation's setting, else this machine's own mirror, else where the base
// images in the cache came from. It is zero when nobody has said: then steps
// ask whatever their image names, which an assembled image does not.
func DebianMirror(s slipway.Settings, cache string) slipway.DebianMirror {
	if s.Debian.URL != "" {
		return s.Debian
	}
	if m := machineMirror(os.DirFS("/")); m.URL != "" {
		return m
	}
	bases, _ := filepath.Glob(filepath.Join(cache, "*", baseSources)) // the pattern is sound
	for _, list := range bases {
		if m, err := usedMirror(filepath.Dir(list)); err == nil {
			return m
		}
	}
	return slipway.DebianMirror{}
}
