package adapters_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// What a program writes beside itself is writable, in whatever language.
func TestPlan_findsWhatIsWritten(t *testing.T) {
	t.Parallel()
	flask := map[string]string{"requirements.txt": "flask\ngunicorn\n"}
	node := map[string]string{"package.json": `{"name":"x","scripts":{"start":"node server.js"}}`}
	goes := map[string]string{"go.mod": "module example.com/x\n\ngo 1.26\n"}
	java := map[string]string{"pom.xml": "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>x</artifactId><version>1</version></project>", "src/main/java/x/App.java": "package x;\nclass App { public static void main(String[] a) {} }\n"}
	rust := map[string]string{"Cargo.toml": "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"}
	for name, tt := range map[string]struct {
		files, more map[string]string
		want        []string
	}{
		"a log file of Python":      {flask, map[string]string{"app.py": "from flask import Flask\nimport logging\nlogging.basicConfig(filename=\"logs/app.log\")\napp = Flask(__name__)\n"}, []string{"logs"}},
		"a directory that it makes": {flask, map[string]string{"app.py": "import os\nfrom flask import Flask\nos.makedirs(\"uploads/new\", exist_ok=True)\napp = Flask(__name__)\n"}, []string{"uploads/new"}},
		"Flask's instance folder":   {flask, map[string]string{"app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nos.makedirs(app.instance_path, exist_ok=True)\n"}, []string{"instance"}},
		"media of Django":           {flask, map[string]string{"app.py": "from flask import Flask\nMEDIA_ROOT = BASE_DIR / \"media\"\napp = Flask(__name__)\n"}, []string{"media"}},
		"a database in a directory": {flask, map[string]string{"app.py": "from flask import Flask\nurl = \"sqlite:///./data/x.db\"\napp = Flask(__name__)\n"}, []string{"data"}},
		"an option of a Procfile":   {flask, map[string]string{"app.py": "from flask import Flask\napp = Flask(__name__)\n", "Procfile": "web: gunicorn app:app --log-file=logs/gunicorn.log\n"}, []string{"logs"}},
		"multer and winston":        {node, map[string]string{"server.js": "const upload = multer({ dest: 'uploads/' })\nnew winston.transports.File({ filename: './logs/all.log' })\n"}, []string{"logs", "uploads"}},
		"a directory that is kept":  {node, map[string]string{"server.js": "", "data/.gitkeep": ""}, []string{"data"}},
		"Go":                        {goes, map[string]string{"main.go": "package main\n\nimport \"os\"\n\nfunc main() { _ = os.MkdirAll(\"./logs\", 0o755) }\n"}, []string{"logs"}},
		"Java":                      {java, map[string]string{"src/main/resources/application.yml": "logging:\n  file:\n    name: logs/shop.log\n"}, []string{"logs"}},
		"Rust":                      {rust, map[string]string{"src/main.rs": "fn main() { std::fs::create_dir_all(\"tmp\").unwrap(); }\n"}, []string{"tmp"}},
		"files of the repository":   {node, map[string]string{"server.js": "fs.mkdirSync('data')\n", "data/towns.json": "[]"}, nil},
		"what a build makes":        {node, map[string]string{"server.js": "fs.mkdirSync('dist')\n", "public/.gitkeep": ""}, nil},
		"a file of Django":          {flask, map[string]string{"app.py": "from flask import Flask\nLOG = BASE_DIR / \"logs/app.txt\"\nNAME = os.path.join(BASE_DIR, \"db/db.sqlite3\")\napp = Flask(__name__)\n"}, []string{"db", "logs"}},
		"beside what a build makes": {node, map[string]string{"server.js": "const a = 'sqlite:///dist/app.db', b = { filename: 'build/out.log' }, c = { filename: 'node_modules/x.log' }, d = 'dist/logs/x.log'\n"}, []string{"dist/logs"}},
		"a file of that name":       {node, map[string]string{"server.js": "fs.mkdirSync('data')\n", "data": "x"}, nil},
		"static files of Django":    {flask, map[string]string{"app.py": "from flask import Flask\nMEDIA_ROOT = os.path.join(BASE_DIR, 'var')\nSTATIC_ROOT = os.path.join(BASE_DIR, 'var/assets')\nLOGS = BASE_DIR / 'log'\napp = Flask(__name__)\n"}, []string{"log"}},
		"another place":             {node, map[string]string{"server.js": "fs.mkdirSync('/var/data'); fs.mkdirSync('../logs')\n"}, nil},
		"tests":                     {node, map[string]string{"server.js": "", "test/x.js": "fs.mkdirSync('tmp')\n"}, nil},
		"declared":                  {node, map[string]string{"server.js": "fs.mkdirSync('tmp')\n", "slipway.yaml": "services:\n  - writable: [/data]\n"}, []string{"/data"}},
	} {
		files := maps.Clone(tt.files)
		maps.Copy(files, tt.more)
		plan, err := adapters.Plan(adapters.Request{Tree: tree(files)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, plan.Writable); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		said := func(e slipway.Evidence) bool {
			return strings.Contains(e.Means, "is writable, a volume") && e.Found != ""
		}
		if found := slices.ContainsFunc(plan.Evidence, said); found != (len(tt.want) > 0 && name != "declared") {
			t.Errorf("%s: it says why: %v", name, found)
		}
	}
}

// Of a database beside the program somebody is told before it fails.
func TestPlan_tellsOfADatabaseBesideTheProgram(t *testing.T) {
	t.Parallel()
	for _, line := range []string{`DATABASES = {"default": {"NAME": BASE_DIR / "db.sqlite3"}}`, `url = "sqlite:///./db.sqlite3"`} {
		plan, err := adapters.Plan(adapters.Request{Tree: tree(map[string]string{
			"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\n" + line + "\napp = Flask(__name__)\n",
		})})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(plan.Evidence, func(e slipway.Evidence) bool { return strings.Contains(e.Means, "as in data/db.sqlite3") })
		if i < 0 || plan.Evidence[i].Line != 2 || len(plan.Writable) > 0 {
			t.Errorf("%s: %+v, writable %v", line, plan.Evidence, plan.Writable)
		}
	}
}
