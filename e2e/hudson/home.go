package hudson

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

// searchPath is where Hudson's jobs look for programs.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// salt of the only password.
const salt = "slipway"

// Names of the jars, as make/jars.sh leaves them.
const (
	war        = "hudson-war-3.3.2.war"
	runner     = "jetty-runner-9.4.56.v20240826.jar"
	binding    = "jaxb-api-2.3.1.jar"         // was part of Java once
	activation = "javax.activation-1.2.0.jar" // the same
)

// The files that a person's clicks would have made, and Jetty's word on where
// the WAR file is and who answers its form login: nobody, Hudson does that.
var (
	//go:embed files/security.xml
	securityXML string
	//go:embed files/user.xml
	userXML string
	//go:embed files/mailer.xml
	mailerXML string
	//go:embed files/context.xml
	contextXML string
)

func (c Config) home() string      { return filepath.Join(c.Dir, "home") }
func (c Config) temporary() string { return filepath.Join(c.Dir, "tmp") }

// env is Hudson's, and with it that of its jobs: nothing of ours.
func (c Config) env() []string {
	return []string{"PATH=" + searchPath, "HOME=" + c.home(), "HUDSON_HOME=" + c.home(), "LANG=C.UTF-8"}
}

// prepare writes what makes Hudson start without a person, and gives the
// command that starts it.
func (c Config) prepare(url string) ([]string, error) {
	hash := sha256.Sum256([]byte(Token + "{" + salt + "}"))
	facts := map[string]string{
		"URL": url + "/", "War": filepath.Join(c.Jars, war), "User": User,
		"Hash": salt + ":" + hex.EncodeToString(hash[:]),
	}
	for name, text := range map[string]string{
		"home/hudson-security.xml": securityXML, "home/users/" + User + "/config.xml": userXML,
		"home/hudson.tasks.Mailer.xml": mailerXML, "context.xml": contextXML,
	} {
		if err := fill(filepath.Join(c.Dir, name), text, facts); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(c.temporary(), 0o700); err != nil {
		return nil, err
	}
	for _, file := range c.Plugins {
		plugin, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := keep(filepath.Join(c.home(), "plugins", filepath.Base(file)), plugin); err != nil {
			return nil, err
		}
	}
	return c.argv()
}

// fill writes a file from a template, its facts escaped for XML.
func fill(file, text string, facts map[string]string) error {
	t, err := template.New("").Funcs(template.FuncMap{"xml": escaped}).Parse(text)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, facts); err != nil {
		return err
	}
	return keep(file, out.Bytes())
}

func keep(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600) //nolint:gosec // whoever makes a Hudson names its directory
}

func escaped(text string) (string, error) {
	var out strings.Builder
	err := xml.EscapeText(&out, []byte(text))
	return out.String(), err
}

// argv starts Hudson in Jetty. Hudson's own launcher refuses today's Java, its
// XML library looks into Java's own classes, and its way to find the processes
// of a job is older than this Java: without it the job's shell gets SIGTERM.
func (c Config) argv() ([]string, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, errors.New("there is no java: `make/setup.sh test` installs it")
	}
	if java, err = filepath.Abs(java); err != nil {
		return nil, err
	}
	argv := []string{
		java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
		"-Djava.awt.headless=true", "-Djava.io.tmpdir=" + c.temporary(), "-DHUDSON_HOME=" + c.home(),
		"-DskipInitSetup=true", "-Dhudson.DNSMultiCast.disabled=true", "-Dhudson.util.ProcessTree.disable=true",
	}
	for _, p := range []string{"java.base/java.lang", "java.base/java.lang.ref", "java.base/java.lang.reflect", "java.base/java.util", "java.base/java.text", "java.desktop/java.awt.font"} {
		argv = append(argv, "--add-opens", p+"=ALL-UNNAMED")
	}
	var path []string
	for _, name := range []string{runner, binding, activation} {
		path = append(path, filepath.Join(c.Jars, name))
	}
	return append(argv, "-cp", strings.Join(path, ":"),
		"org.eclipse.jetty.runner.Runner", "--host", "127.0.0.1", "--port", fmt.Sprint(port), filepath.Join(c.Dir, "context.xml")), nil
}
