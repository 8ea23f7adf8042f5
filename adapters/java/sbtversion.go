package java

import (
	"cmp"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var scalaVersion = regexp.MustCompile(`\bscalaVersion\s*:=\s*(?:"([^"]+)"|([\w.]+))`)

// sbtVersion reads which sbt builds the service. The launcher fetches it.
func (p *planner) sbtVersion() error {
	file := path.Join(p.build.root, "project/build.properties")
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return err
	}
	v := properties(string(data))["sbt.version"]
	if v.value == "" {
		p.note(slipway.Evidence{
			File: path.Join(p.build.root, sbtBuildFile), Found: "no version of sbt named",
			Means: "built with sbt " + sbtLauncher + ", fetched from the configured Maven repository", Knob: "sbt.version=" + sbtLauncher + " in project/build.properties",
		})
		return nil
	}
	v.file = file
	major, minor, ok := numbers(v.value)
	refuse := func(format string, args ...any) error {
		return slipway.Errorf(slipway.CodeInvalid, v.where()+": "+format, args...).
			WithHint("write sbt.version=%s, or another from 1.3 on and below 2; a Dockerfile builds with any", sbtLauncher).WithClass(slipway.ClassCode)
	}
	switch {
	case !ok:
		return refuse("%.40q is no version of sbt", v.value)
	case major == 0 || major == 1 && minor < 3:
		return refuse("sbt %s resolves packages in a way that is not built here", v.value)
	case major > 1:
		return refuse("sbt %s is not built by this version", v.value)
	}
	p.build.sbt = v.value
	p.note(slipway.Evidence{
		File: file, Line: v.line, Found: "sbt.version=" + v.value,
		Means: "built with sbt " + v.value + ", fetched from the configured Maven repository", Knob: "sbt.version=VERSION",
	})
	return nil
}

// numbers are the first two of a version.
func numbers(version string) (major, minor int, ok bool) {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	second, _, _ = strings.Cut(second, "-")
	major, err := strconv.Atoi(first)
	if err != nil || major < 0 {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(cmp.Or(second, "0"))
	return major, minor, err == nil && minor >= 0
}

// refuseSbt refuses a Scala that no sbt of these builds, and says which one is.
func (p *planner) refuseSbt() error {
	v := p.main.module.scala
	major, minor, ok := numbers(v.value)
	switch {
	case !ok && v.found == "":
		p.note(slipway.Evidence{File: p.main.module.file, Found: "no scalaVersion", Means: "compiled with the Scala that sbt itself is written in", Knob: `scalaVersion := "3.3.6"`})
	case !ok:
		p.note(slipway.Evidence{File: v.file, Line: v.line, Found: v.found, Means: "compiled with the Scala that this comes to"})
	case major < 2 || major == 2 && minor < 12:
		return slipway.Errorf(slipway.CodeInvalid, "%s asks for Scala %s, which is not built here: it is older than the JDKs of the stacks", v.where(), v.value).
			WithHint("raise scalaVersion to 2.12 or a newer one, or write a Dockerfile").WithClass(slipway.ClassCode)
	default:
		p.note(slipway.Evidence{File: v.file, Line: v.line, Found: v.found, Means: "compiled with Scala " + v.value})
	}
	return nil
}
