package node

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// functions refuses what is made for a host that calls functions of it: no
// program of it listens, and nothing else says what is started.
func (p *planner) functions() (bool, error) {
	if p.httpServers() || p.Declared.Kind != "" {
		return false, nil
	}
	for _, known := range []struct{ file, text, host string }{
		{"serverless.yml", "", "serverless"},
		{"serverless.yaml", "", "serverless"},
		{"serverless.ts", "", "serverless"},
		{"serverless.json", "", "serverless"},
		{"cdk.json", "", "cdk"},
		{"sst.config.ts", "", "sst"},
		{"template.yaml", "AWS::Serverless", "sam"},
		{"template.yml", "AWS::Serverless", "sam"},
		{"wrangler.toml", "", "wrangler"},
		{"wrangler.json", "", "wrangler"},
		{"wrangler.jsonc", "", "wrangler"},
		{"host.json", "extensionBundle", "func"},
	} {
		file := path.Join(p.Dir, known.file)
		data, found, err := repo.Read(p.Tree, file)
		if err != nil || !found || !strings.Contains(string(data), known.text) {
			continue
		}
		return false, invalid("%s is for a host of functions, and nothing in %s listens", repo.Quote(file), repo.Show(p.Dir)).
			WithHint("`%s deploy` brings them there; a service has a program that listens, and a start script for it", known.host)
	}
	return false, nil
}
