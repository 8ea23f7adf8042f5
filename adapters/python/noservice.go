package python

import (
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
	for _, name := range repo.Names(p.Tree, p.Dir) {
		if strings.HasSuffix(name, ".ipynb") {
			return slipway.Errorf(slipway.CodeInvalid, "%s has notebooks and nothing that could be started", repo.Show(p.Dir)).
				WithHint("a notebook is not a service by itself: serve it with voila or jupyter, commands: {start: voila --no-browser --port=$PORT --Voila.ip=0.0.0.0 %s}, or write what it does into a module", command.Quoted(name)).WithClass(slipway.ClassCode)
		}
	}
	return nil
}
