package java

import (
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const ownHost = `["']?(?:127\.0\.0\.1|localhost)\b`

// addressSetting is where a framework's own files name the address that it
// listens on, and the variable that wins over them.
type addressSetting struct {
	setting  *regexp.Regexp
	variable string
}

// addressSettings are by the frameworks' names, of lines of properties or of
// the usual form of YAML.
func addressSettings() map[string]addressSetting {
	in := func(line, section, key string) *regexp.Regexp {
		return regexp.MustCompile(`(?m)^\s*` + line + `\s*[:=]\s*` + ownHost + `|^` + section + `:\s*\n(?:[ \t]+\S.*\n)*?[ \t]+` + key + `:\s*` + ownHost)
	}
	return map[string]addressSetting{
		"Spring Boot": {in(`server\.address`, "server", "address"), "SERVER_ADDRESS"},
		"Quarkus":     {in(`quarkus\.http\.host`, `\s+http`, "host"), "QUARKUS_HTTP_HOST"},
		"Micronaut":   {in(`micronaut\.server\.host`, `\s+server`, "host"), "MICRONAUT_SERVER_HOST"},
		"Helidon":     {in(`server\.host`, "server", "host"), "SERVER_HOST"},
	}
}

// listenOutward gives a framework an address that others reach, in the place
// of one that its settings name, and warns where a program's own call has
// none.
func (p *planner) listenOutward() {
	if own, ok := addressSettings()[p.framework.name]; ok {
		if e := p.setting(own.setting); e.Found != "" && p.Declared.Env[own.variable] == "" {
			p.framework.env = maps.Clone(p.framework.env)
			p.framework.env[own.variable] = "0.0.0.0"
			p.note(repo.Outward(e, own.variable))
		}
		return
	}
	for _, f := range p.texts().files {
		if h, ok := repo.OwnHost(f.text); ok && p.Declared.Env[h.Variable] == "" {
			p.framework.env = map[string]string{h.Variable: "0.0.0.0" + h.Port}
			p.note(repo.Outward(slipway.Evidence{File: f.file, Line: h.Line, Found: h.Found}, h.Variable))
			return
		}
		if !strings.Contains(f.text, "127.0.0.1") && !strings.Contains(f.text, "localhost") && !strings.Contains(f.text, "getLoopbackAddress") {
			continue
		}
		if at := listenOwn.FindStringIndex(f.text); at != nil {
			p.note(repo.Loopback(f.at(at[1], strings.Join(strings.Fields(f.text[at[0]:at[1]]), " "))))
			return
		}
	}
}

// listenOwn is a call to listen that is told an address which nobody else
// reaches.
var listenOwn = regexp.MustCompile(`(?:HttpServer\.create\(\s*new InetSocketAddress\(\s*|new ServerSocket\([^;]{0,80}?|embeddedServer\([^;{}]{0,120}?host\s*=\s*|addHttpListener\([^;]{0,40}?,\s*|\.listen\([^;(){}]{0,40}?,\s*|\.start\(\s*)(?:"(?:127\.0\.0\.1|localhost)"|InetAddress\.getLoopbackAddress\(\))`)

// setting is where the module's settings match a pattern.
func (p *planner) setting(pattern *regexp.Regexp) slipway.Evidence {
	for _, dir := range []string{"src/main/resources/config", "src/main/resources", "src/main/resources/META-INF"} {
		for _, name := range []string{"application.properties", "application.yml", "application.yaml", "microprofile-config.properties"} {
			file := path.Join(p.main.module.dir, dir, name)
			data, ok, err := repo.Read(p.Tree, file)
			if err != nil || !ok {
				continue
			}
			if at := pattern.FindIndex(data); at != nil {
				lines := strings.Split(strings.TrimSpace(string(data[at[0]:at[1]])), "\n")
				return slipway.Evidence{File: file, Line: 1 + strings.Count(string(data[:at[1]]), "\n"), Found: strings.TrimSpace(lines[len(lines)-1])}
			}
		}
	}
	return slipway.Evidence{}
}
