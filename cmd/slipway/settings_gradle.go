package main

import (
	"errors"
	"io/fs"
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
