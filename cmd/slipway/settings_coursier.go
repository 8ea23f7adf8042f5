package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/slipway-ci/slipway"
)

// coursierCredentials are what sbt shows registries: those of this machine's
// user, then those that Maven's settings have for the repositories that they
// name.
func (a *app) coursierCredentials() (toolSettings, error) {
	file := a.getenv("COURSIER_CREDENTIALS")
	if dir := a.configDir(); !filepath.IsAbs(file) && dir != "" {
		file = filepath.Join(dir, "coursier", "credentials.properties")
	}
	var data []byte
	if file != "" {
		var err error
		if data, err = os.ReadFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "coursier's credentials %s cannot be read", file).Because(err)
		}
	}
	s, err := a.mavenSettings()
	if err != nil {
		return toolSettings{}, err
	}
	if more := s.coursierCredentials(); more != "" {
		if len(data) > 0 {
			data = append(data, '\n')
		}
		data = append(data, more...)
	}
	return toolSettings{file: data}, nil
}

// coursierCredentials are those of the servers that packages come from, as
// coursier reads them; "" of none. It knows no headers.
func (s mavenSettings) coursierCredentials() string {
	var b strings.Builder
	for i, r := range s.fetchedFrom() {
		u, err := url.Parse(r.URL)
		if err != nil || u.Hostname() == "" {
			continue
		}
		for _, server := range s.Servers {
			if server.ID != r.ID || server.Username == "" {
				continue
			}
			for _, line := range [][2]string{
				{"host", u.Hostname()},
				{"username", server.Username},
				{"password", server.Password},
				{"https-only", fmt.Sprint(u.Scheme == "https")},
				{"pass-on-redirect", "false"},
			} {
				fmt.Fprintf(&b, "maven%d.%s=%s\n", i, line[0], propertyValue(line[1]))
			}
		}
	}
	return b.String()
}

// propertyValue writes a value as java.util.Properties reads it back.
func propertyValue(value string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(value)) {
		switch {
		case unit > ' ' && unit < 0x7f && unit != '\\':
			b.WriteByte(byte(unit))
		default:
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
