package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// noService refuses, with what to do, what is not one service: it is several
// processes and a database, or is meant for a person at a desk.
func (p *planner) noService() error {
	if e := p.deps.where("apache-airflow"); e.File != "" && p.deps.has("apache-airflow") {
		return slipway.Errorf(slipway.CodeInvalid, "%s is a deployment of Airflow: a scheduler, an API server and workers, which no one command starts", repo.Show(p.Dir)).
			WithHint("declare each in slipway.yaml as a service of its own, with commands: {start: airflow scheduler}, {start: airflow api-server --port $PORT} and so on; their database is named by AIRFLOW__DATABASE__SQL_ALCHEMY_CONN").
			WithDetails(repo.Place(e.File, e.Line) + ": asks for " + e.Found).WithClass(slipway.ClassCode)
	}
	for _, known := range knownTools() {
		if e := p.deps.where(known.needs); p.deps.has(known.needs) && (known.file == "" || p.hasFile(known.file)) {
			return slipway.Errorf(slipway.CodeInvalid, "%s is %s", repo.Show(p.Dir), known.is).WithHint("%s", known.hint).
				WithDetails(repo.Place(e.File, e.Line) + ": asks for " + e.Found).WithClass(slipway.ClassCode)
		}
	}
	for _, name := range repo.Names(p.Tree, p.Dir) {
		if strings.HasSuffix(name, ".ipynb") {
			return slipway.Errorf(slipway.CodeInvalid, "%s has notebooks and nothing that could be started", repo.Show(p.Dir)).
				WithHint("a notebook is not a service by itself: serve it with voila or jupyter, commands: {start: voila --no-browser --port=$PORT --Voila.ip=0.0.0.0 %s}, or write what it does into a module", command.Quoted(name)).WithClass(slipway.ClassCode)
		}
	}
	return nil
}

// knownTool is a tool whose projects no one command that could be guessed
// starts.
type knownTool struct {
	needs string // the package of it
	file  string // pattern of a name; "" for any
	is    string
	hint  string
}

func knownTools() []knownTool {
	return []knownTool{
		{
			needs: "reflex", file: "rxconfig.py", is: "an application of Reflex: a page that Node.js builds, and a server of Python",
			hint: "serve its server here, commands: {start: reflex run --env prod --backend-only --backend-port $PORT}, and the page that `reflex export` makes as a static service; or build both by a Dockerfile",
		},
		{
			needs: "dagster", is: "a deployment of Dagster: a web server, a daemon and what they run",
			hint: "declare each in slipway.yaml as a service of its own, with commands: {start: dagster-webserver --host 0.0.0.0 --port $PORT --module-name MODULE}, {start: dagster-daemon run} and so on",
		},
		{
			needs: "scrapy", file: "scrapy.cfg", is: "a project of Scrapy, whose spiders are started by their names",
			hint: "say which in slipway.yaml: kind: task, commands: {start: scrapy crawl NAME}",
		},
		{
			needs: "pyramid", file: "*.ini", is: "an application of Pyramid, which settings start that nobody chose",
			hint: "say in slipway.yaml which, and the port that they listen on: commands: {start: pserve production.ini}, port: 6543",
		},
	}
}

// hasFile tells whether the service's directory has a file of a name.
func (p *planner) hasFile(pattern string) bool {
	return slices.ContainsFunc(repo.Names(p.Tree, p.Dir), func(name string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}
