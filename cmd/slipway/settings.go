package main

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-ci/slipway"
)

// systemCA is where Debian and Ubuntu keep the machine's own bundle.
const systemCA = "/etc/ssl/certs/ca-certificates.crt"

// settings finds the organisation's settings in the machine's own client
// settings: what curl, go and apt on this machine would use, build steps use.
func (a *app) settings() (slipway.Settings, error) {
	ca, err := a.caBundle()
	if err != nil {
		return slipway.Settings{}, err
	}
	goEnv, err := a.goSettings()
	if err != nil {
		return slipway.Settings{}, err
	}
	netrc, err := a.netrc()
	if err != nil {
		return slipway.Settings{}, err
	}
	s := slipway.Settings{
		CA:    ca,
		Proxy: slipway.Proxy{HTTP: a.either("HTTP_PROXY", "http_proxy"), HTTPS: a.either("HTTPS_PROXY", "https_proxy"), No: a.either("NO_PROXY", "no_proxy")},
		Go:    goEnv,
		Netrc: netrc,
		Debian: slipway.DebianMirror{
			URL: a.getenv("SLIPWAY_DEBIAN_MIRROR"), Security: a.getenv("SLIPWAY_DEBIAN_SECURITY_MIRROR"),
		},
		Private: splitList(a.getenv("SLIPWAY_PRIVATE_HOSTS")),
	}
	s.Private = append(s.Private, hostsOf(goEnv["GOPROXY"], s.Debian.URL, s.Debian.Security)...)
	return a.withTools(s)
}

// toolSettings is what the machine's own settings of a tool come to in a
// build step.
type toolSettings struct {
	file  []byte   // in the tool's own form; nil when there is nothing to say
	hosts []string // that the settings name, and that may have private addresses
}

// withTools adds what the languages' tools on this machine are set to. Of
// their files only what decides where packages come from and whom to show
// which credentials reaches a step: a path or a cache of this machine means
// nothing there.
func (a *app) withTools(s slipway.Settings) (slipway.Settings, error) {
	for _, tool := range a.tools() {
		found, err := tool.read()
		if err != nil {
			return slipway.Settings{}, err
		}
		if found.file != nil {
			if s.Tools == nil {
				s.Tools = map[slipway.Tool][]byte{}
			}
			s.Tools[tool.name] = found.file
		}
		s.Private = append(s.Private, found.hosts...)
	}
	return s, nil
}

type toolReader struct {
	name slipway.Tool
	read func() (toolSettings, error)
}

func (a *app) tools() []toolReader {
	return []toolReader{
		{slipway.ToolNpm, a.npmSettings},
		{slipway.ToolPip, a.pipSettings},
		{slipway.ToolUV, a.uvSettings},
		{slipway.ToolCargo, a.cargoSettings},
		{slipway.ToolMaven, a.mavenTool},
		{slipway.ToolGradle, a.gradleTool},
		{slipway.ToolSbt, a.sbtRepositories},
		{slipway.ToolCoursier, a.coursierCredentials},
		{slipway.ToolGradleDistributions, a.gradleDistributions},
		{slipway.ToolRustDistributions, a.rustDistributions},
	}
}

// caBundle reads the first bundle that is named, else the machine's. One
// that was named and cannot be read is an error: a build would fail later
// with a worse one.
func (a *app) caBundle() ([]byte, error) {
	for _, name := range []string{"SLIPWAY_CA", "SSL_CERT_FILE"} {
		path := a.getenv(name)
		if path == "" {
			continue
		}
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, slipway.Errorf(slipway.CodeUsage, "%s names a CA bundle that cannot be read", name).Because(err)
		}
		if !bytes.Contains(pem, []byte("-----BEGIN CERTIFICATE-----")) {
			return nil, slipway.Errorf(slipway.CodeUsage, "%s names %s, which holds no PEM certificate", name, path)
		}
		return pem, nil
	}
	pem, err := os.ReadFile(systemCA)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return pem, err
}

// goNames are the settings of the go command that decide where modules come
// from and whom it believes (`go help environment`).
func goNames() []string {
	return []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS"}
}

// goSettings reads what `go env` would print for these names: the
// environment over the file that `go env -w` writes. The go command itself
// need not be there.
func (a *app) goSettings() (map[string]string, error) {
	values := map[string]string{}
	path := a.getenv("GOENV")
	if path == "" {
		if dir := a.configDir(); dir != "" {
			path = filepath.Join(dir, "go", "env")
		}
	}
	var file map[string]string
	if path != "" && path != "off" {
		b, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, slipway.Errorf(slipway.CodeUsage, "the go command's settings %s cannot be read", path).Because(err)
		}
		file = parseGoEnv(b)
	}
	for _, name := range goNames() {
		if v, ok := a.env(name); ok && v != "" {
			values[name] = v
		} else if v := file[name]; v != "" {
			values[name] = v
		}
	}
	return values, nil
}

// parseGoEnv reads NAME=value lines; # begins a comment line.
func parseGoEnv(b []byte) map[string]string {
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if ok && !strings.HasPrefix(name, "#") {
			values[name] = value
		}
	}
	return values
}

func (a *app) netrc() ([]byte, error) {
	path := a.getenv("NETRC")
	if home := a.getenv("HOME"); path == "" && home != "" {
		path = filepath.Join(home, ".netrc")
	}
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && a.getenv("NETRC") == "" {
		return nil, nil
	}
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUsage, "the credentials file %s cannot be read", path).Because(err)
	}
	return b, nil
}

// configDir is os.UserConfigDir for the environment that was given.
func (a *app) configDir() string {
	if dir := a.getenv("XDG_CONFIG_HOME"); dir != "" {
		return dir
	}
	if home := a.getenv("HOME"); home != "" {
		return filepath.Join(home, ".config")
	}
	return ""
}

func (a *app) either(names ...string) string {
	for _, n := range names {
		if v := a.getenv(n); v != "" {
			return v
		}
	}
	return ""
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// hostsOf gives the host names in lists of URLs, as GOPROXY and mirrors are
// written. The operator named them, so they may have private addresses.
func hostsOf(lists ...string) []string {
	var hosts []string
	for _, list := range lists {
		for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '|' }) {
			if u, err := url.Parse(item); err == nil && u.Hostname() != "" {
				hosts = append(hosts, u.Hostname())
			}
		}
	}
	return hosts
}
