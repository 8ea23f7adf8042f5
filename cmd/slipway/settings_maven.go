package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

// mavenSettings is what of a settings.xml decides where packages come from
// and whom to show which credentials. A local repository, a proxy or a tool
// of this machine means nothing in a build step.
type mavenSettings struct {
	XMLName  xml.Name       `xml:"settings"`
	Mirrors  []mavenMirror  `xml:"mirrors>mirror"`
	Servers  []mavenServer  `xml:"servers>server"`
	Profiles []mavenProfile `xml:"profiles>profile"`
	Active   []string       `xml:"activeProfiles>activeProfile"`
}

type mavenMirror struct {
	ID       string `xml:"id,omitempty"`
	MirrorOf string `xml:"mirrorOf"`
	URL      string `xml:"url"`
	Blocked  string `xml:"blocked,omitempty"`
}

type mavenServer struct {
	ID            string    `xml:"id"`
	Username      string    `xml:"username,omitempty"`
	Password      string    `xml:"password,omitempty"`
	Configuration *mavenRaw `xml:"configuration"` // headers with tokens
}

type mavenProfile struct {
	ID         string            `xml:"id"`
	Activation *mavenRaw         `xml:"activation"`
	Libraries  []mavenRepository `xml:"repositories>repository"`
	Plugins    []mavenRepository `xml:"pluginRepositories>pluginRepository"`
}

type mavenRepository struct {
	ID        string    `xml:"id"`
	URL       string    `xml:"url"`
	Releases  *mavenRaw `xml:"releases"`
	Snapshots *mavenRaw `xml:"snapshots"`
}

type mavenRaw struct {
	Inner string `xml:",innerxml"`
}

// mavenTool reads the settings that Maven on this machine has for its user.
func (a *app) mavenTool() (toolSettings, error) {
	s, err := a.mavenSettings()
	if err != nil {
		return toolSettings{}, err
	}
	return s.tool()
}

// mavenSettings are empty where there are none.
func (a *app) mavenSettings() (mavenSettings, error) {
	home := a.getenv("HOME")
	if home == "" {
		return mavenSettings{}, nil
	}
	file := filepath.Join(home, ".m2", "settings.xml")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return mavenSettings{}, nil
	}
	if err != nil {
		return mavenSettings{}, slipway.Errorf(slipway.CodeUsage, "Maven's settings %s cannot be read", file).Because(err)
	}
	s, err := parseMavenSettings(data, a.env)
	if err != nil {
		return mavenSettings{}, slipway.Errorf(slipway.CodeUsage, "Maven's settings %s cannot be used in a build", file).
			WithHint("`mvn help:effective-settings` reads them as Maven does").Because(err)
	}
	return s, nil
}

var environmentRef = regexp.MustCompile(`\$\{env\.(\w+)\}`)

// parseMavenSettings reads a settings.xml. Variables of the environment are
// put in their places: a build step has another environment. A password that
// only this machine can decrypt is an error; it would be refused later.
func parseMavenSettings(data []byte, env func(string) (string, bool)) (mavenSettings, error) {
	data = environmentRef.ReplaceAllFunc(data, func(ref []byte) []byte {
		value, ok := env(string(environmentRef.FindSubmatch(ref)[1]))
		if !ok {
			return ref
		}
		var escaped bytes.Buffer
		_ = xml.EscapeText(&escaped, []byte(value)) // to memory
		return escaped.Bytes()
	})
	var s mavenSettings
	d := xml.NewDecoder(bytes.NewReader(data))
	d.DefaultSpace = ""
	if err := d.Decode(&s); err != nil {
		if errors.Is(err, io.EOF) {
			return mavenSettings{}, errors.New("the file is empty")
		}
		return mavenSettings{}, err
	}
	s.XMLName = xml.Name{Local: "settings"}
	for _, server := range s.Servers {
		if p := strings.TrimSpace(server.Password); strings.HasPrefix(p, "{") && strings.HasSuffix(p, "}") {
			return mavenSettings{}, errors.New("the password of the server " + server.ID + " is encrypted for this machine: write ${env.NAME} in its place and set the variable")
		}
	}
	return s, nil
}

// tool gives the settings as build steps get them; nothing when they say
// nothing about packages.
func (s mavenSettings) tool() (toolSettings, error) {
	var urls []string
	for _, m := range s.Mirrors {
		urls = append(urls, m.URL)
	}
	var profiles []mavenProfile
	for _, p := range s.Profiles {
		if len(p.Libraries)+len(p.Plugins) == 0 {
			continue
		}
		profiles = append(profiles, p)
		for _, r := range append(p.Libraries, p.Plugins...) {
			urls = append(urls, r.URL)
		}
	}
	s.Profiles = profiles
	if len(s.Mirrors)+len(s.Servers)+len(s.Profiles) == 0 {
		return toolSettings{}, nil
	}
	file, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return toolSettings{}, err
	}
	return toolSettings{file: append(file, '\n'), hosts: hostsOf(urls...)}, nil
}
