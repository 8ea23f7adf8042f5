package adapters_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// started is a Python service whose Procfile starts a script.
func started(script string, executable bool) fstest.MapFS {
	files := fstest.MapFS{"start.sh": {Data: []byte(script), Mode: 0o644}}
	for name, text := range map[string]string{"requirements.txt": "gunicorn==22.0.0\n", "app.py": "", "Procfile": "web: ./start.sh\n"} {
		files[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	if executable {
		files["start.sh"].Mode = 0o755
	}
	return files
}

func TestPlan_givesAScriptItsShell(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]bool{"#!/bin/sh\nexec gunicorn app:app\n": false, "#!/usr/bin/env bash\nexec gunicorn app:app\n": true} {
		plan, err := adapters.Plan(adapters.Request{Tree: started(script, true)})
		if err != nil {
			t.Fatal(err)
		}
		has := slices.ContainsFunc(plan.Steps, func(s slipway.Step) bool { return slices.Contains(s.Args, "bash") })
		if has != want {
			t.Errorf("%q: bash in the image: %v, want %v", script, has, want)
		}
	}
}

func TestPlan_refusesAScriptThatDoesNotStart(t *testing.T) {
	t.Parallel()
	for want, files := range map[string]fstest.MapFS{
		"start.sh is started and is not executable": started("#!/bin/sh\n", false),
		"start.sh:1 ends in CRLF":                   started("#!/bin/sh\r\nexec gunicorn app:app\r\n", true),
	} {
		_, err := adapters.Plan(adapters.Request{Tree: files})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
