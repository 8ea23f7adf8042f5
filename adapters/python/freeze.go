package python

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// elsewhere is a requirement that is a place of the machine whose packages
// were listed: conda's builds, a wheel that was downloaded.
var elsewhere = regexp.MustCompile(`^[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*@\s*(file:///\S+)`)

// ofAnotherMachine refuses what a list of the packages of somebody's desk has
// and no image can have, in place of an installer's words for it.
func ofAnotherMachine(file, text string, line int) error {
	if m := elsewhere.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[1], "file:///"+strings.TrimPrefix(appDir, "/")+"/") && !strings.Contains(m[1], "$") {
		return slipway.Errorf(slipway.CodeInvalid, "%s names %s, a place of the machine that wrote the list", repo.Place(file, line), m[1]).
			WithHint("write the list anew, `pip list --format=freeze > %s`: that names versions in place of files", file).WithClass(slipway.ClassCode)
	}
	d, ok := requirement(text)
	switch {
	case !ok || strings.Contains(text, ";"): // a marker says where it is for
		return nil
	case d.name == "pkg-resources":
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for %s, which no index has", repo.Place(file, line), text).
			WithHint("take the line out: an old pip of Debian or Ubuntu wrote it, and it is part of setuptools").WithClass(slipway.ClassCode)
	case slices.Contains(windowsPackages(), d.name):
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for %s, which there is for Windows alone", repo.Place(file, line), d.name).
			WithHint(`write %s; sys_platform == "win32" there, or take the line out`, text).WithClass(slipway.ClassCode)
	}
	return nil
}

// windowsPackages cannot be installed on Linux.
func windowsPackages() []string {
	return []string{"pywin32", "pypiwin32", "pywinpty", "windows-curses", "wmi", "winshell"}
}
