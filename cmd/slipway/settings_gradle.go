package main

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"

	"github.com/slipway-ci/slipway"
)

var urlInScript = regexp.MustCompile(`https?://[^\s"'<>()]+`)

// gradleTool reads the init script of this machine's user, where an
// organisation says which repositories its builds use. It is a program, and
// reaches the steps as it is.
func (a *app) gradleTool() (toolSettings, error) {
	home := a.getenv("GRADLE_USER_HOME")
	if home == "" {
		if a.getenv("HOME") == "" {
			return toolSettings{}, nil
		}
		home = filepath.Join(a.getenv("HOME"), ".gradle")
	}
	file := filepath.Join(home, "init.gradle")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return toolSettings{}, nil
	}
	if err != nil {
		return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "Gradle's init script %s cannot be read", file).Because(err)
	}
	return toolSettings{file: data, hosts: hostsOf(urlInScript.FindAllString(string(data), -1)...)}, nil
}

// gradleDistributions is where the organisation keeps Gradle itself, for
// builds whose wrapper names another version than the stack has. Gradle has
// no setting of its own for it. A login stands in the netrc file.
func (a *app) gradleDistributions() (toolSettings, error) {
	const name = "SLIPWAY_GRADLE_DISTRIBUTIONS"
	address := a.getenv(name)
	if address == "" {
		return toolSettings{}, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "%s is not the http or https URL of a directory, without a login", name).
			WithHint("write for example https://mirror.example/gradle; its login goes into the netrc file")
	}
	return toolSettings{file: []byte(address + "\n"), hosts: []string{u.Hostname()}}, nil
}
