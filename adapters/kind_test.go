package adapters_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// A web service is not planned as what ends or only works because its server
// is reached by a way that is not known here; and what has a word of serving
// in the middle of another is not one.
func TestPlan_kindOfWhatServesIndirectly(t *testing.T) {
	t.Parallel()
	const web, worker, task = slipway.KindWeb, slipway.KindWorker, slipway.KindTask
	goMod := "module example.com/x\n\ngo 1.26\n"
	pom := func(group, name string) string {
		return "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>x</artifactId><version>1</version><dependencies><dependency><groupId>" + group + "</groupId><artifactId>" + name + "</artifactId><version>1</version></dependency></dependencies></project>"
	}
	app := func(body string) string {
		return "package x;\nclass App {\n\tpublic static void main(String[] a) {\n" + body + "\n\t}\n}\n"
	}
	node := func(dependencies string) string {
		return `{"name":"x","scripts":{"start":"node app.js"},"dependencies":{` + dependencies + `}}`
	}
	long := ""
	for range 20 {
		long += "console.log('working')\n"
	}
	for name, tt := range map[string]struct {
		path  string
		files map[string]string
		want  slipway.Kind
	}{
		"Node, a member of the workspace serves": {"api", map[string]string{
			"package.json": `{"name":"root","private":true,"workspaces":["api","http"]}`, "api/package.json": `{"name":"api","scripts":{"start":"node app.js"},"dependencies":{"@x/http":"*"}}`, "api/app.js": "require('@x/http').start()\n",
			"http/package.json": `{"name":"@x/http","main":"index.js"}`, "http/index.js": "exports.start = () => require('http').createServer().listen(process.env.PORT)\n",
		}, web},
		"Node, code below a directory build": {".", map[string]string{"package.json": node(""), "app.js": "require('./src/build/server')\n", "src/build/server.js": "require('http').createServer().listen(1)\n"}, web},
		"Node, handed over":                  {".", map[string]string{"package.json": node(`"@x/app":"1.0.0"`), "app.js": "require('@x/app').run()\n"}, web},
		"Node, a long command":               {".", map[string]string{"package.json": node(`"@x/app":"1.0.0"`), "app.js": long}, task},
		"Node, a queue that is observed":     {".", map[string]string{"package.json": node(`"bullmq":"5.0.0","prom-client":"15.0.0"`), "app.js": "jobs.observe(1)\nwork()\n"}, worker},
		"Python, handed over":                {".", map[string]string{"requirements.txt": "acmeframe\n", "main.py": "from acmeframe import start\nstart()\n"}, web},
		"Python, a socket":                   {".", map[string]string{"requirements.txt": "requests\n", "main.py": "import socket\ns = socket.socket()\ns.bind(('', 80))\ns.listen()\nwhile True:\n    s.accept()\n"}, web},
		"Java, handed over":                  {".", map[string]string{"pom.xml": pom("com.acme", "boot"), "src/main/java/x/App.java": app("com.acme.Boot.start();")}, web},
		"Java, the library's name":           {".", map[string]string{"pom.xml": pom("org.java-websocket", "Java-WebSocket"), "src/main/java/x/App.java": app(long)}, web},
		"Go, handed over":                    {".", map[string]string{"go.mod": goMod + "\nrequire github.com/acme/kit v1.0.0\n", "go.sum": "github.com/acme/kit v1.0.0 h1:x\n", "main.go": "package main\n\nimport \"github.com/acme/kit\"\n\nfunc main() { kit.Main() }\n"}, web},
		"Go, UDP":                            {".", map[string]string{"go.mod": goMod, "main.go": "package main\n\nimport \"net\"\n\nfunc main() { _, _ = net.ListenPacket(\"udp\", \":53\") }\n"}, worker},
		"Go, only the standard library":      {".", map[string]string{"go.mod": goMod, "main.go": "package main\n\nfunc main() { println() }\n"}, task},
		"Rust, Shuttle":                      {".", map[string]string{"Cargo.toml": "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nshuttle-runtime = \"0.57\"\n", "src/main.rs": "fn main() {}\n"}, web},
	} {
		plan, err := adapters.Plan(adapters.Request{Tree: tree(tt.files), Path: tt.path})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if plan.Kind != tt.want {
			t.Errorf("%s: a service of kind %s, want %s: %+v", name, plan.Kind, tt.want, plan.Evidence)
		}
	}
}
