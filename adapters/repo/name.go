package repo

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)

// Label makes a service's bare name of any name, "app" when nothing is left
// of it.
func Label(name string) string {
	name = strings.Trim(notLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if slipway.ValidLabel(name) {
		return name
	}
	return "app"
}

// BareName is the name that somebody gave, else one after the service's
// directory.
func (s Service) BareName() string {
	if s.Name != "" {
		return s.Name
	}
	return Label(path.Base(s.Dir))
}
