package python

import (
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// startStreamlit starts a page of Streamlit, which is a file that its own
// server runs.
func (p *planner) startStreamlit() (bool, error) {
	if !p.deps.has("streamlit") {
		return false, nil
	}
	for _, name := range []string{"streamlit_app", "app", "main", "Home", "home", "dashboard"} {
		file := path.Join(p.Dir, name+".py")
		if m := p.modules[file]; m == nil || !slices.Contains(m.imported, "streamlit") {
			continue
		}
		line := "streamlit run " + name + ".py --server.address 0.0.0.0 --server.port $PORT --server.headless true --browser.gatherUsageStats false"
		e := slipway.Evidence{File: file, Found: "a page of Streamlit"}
		p.runs(shell(line), e, repo.Guess{Kind: slipway.KindWeb, Health: "/_stcore/health", Why: e})
		return true, nil
	}
	return false, nil
}
