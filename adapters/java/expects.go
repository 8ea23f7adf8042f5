package java

import (
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Expects tells whether a directory that is built is among the resources that
// servers of Java serve from the class path.
func (Adapter) Expects(s repo.Service, dir string) (repo.Expected, bool) {
	_, below, ok := strings.Cut("/"+dir+"/", "/src/main/resources/")
	for _, served := range []string{"static/", "public/", "resources/", "META-INF/resources/"} {
		if ok && strings.HasPrefix(below, served) && (s.Dir == "." || strings.HasPrefix(dir, s.Dir+"/")) {
			return repo.Expected{Evidence: slipway.Evidence{File: dir, Found: "resources that are served from the class path"}}, true
		}
	}
	return repo.Expected{}, false
}
