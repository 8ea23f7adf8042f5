package adapters_test

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/adapters"
)

// What a start command says of the address that it listens on.
func TestPlan_saysWhereAStartCommandListens(t *testing.T) {
	t.Parallel()
	for start, want := range map[string]struct{ variable, found string }{
		"uvicorn main:app --port $PORT":                                   {"UVICORN_HOST", "uvicorn without an address"},
		"uvicorn main:app --host 0.0.0.0":                                 {"", ""},
		"uvicorn main:app --host 127.0.0.1":                               {"", "--host 127.0.0.1"},
		"uvicorn main:app --uds /tmp/socket":                              {"", ""},
		"gunicorn -k uvicorn.workers.UvicornWorker main:app -b 0.0.0.0:1": {"", ""},
		"flask --app main run":                                            {"FLASK_RUN_HOST", "flask --app main run without an address"},
		"flask run --host=0.0.0.0":                                        {"", ""},
		"granian main:app":                                                {"GRANIAN_HOST", "granian without an address"},
		"hypercorn main:app":                                              {"", "hypercorn without an address"},
		"python manage.py runserver":                                      {"", "manage.py runserver without an address"},
		"python manage.py runserver 0.0.0.0:8000":                         {"", ""},
		"gunicorn --bind localhost:8000 main:app":                         {"", "--bind localhost:8000"},
		"psql --host localhost -c 1 && gunicorn main:app":                 {"", ""},
	} {
		plan, err := adapters.Plan(adapters.Request{Tree: tree(map[string]string{
			"requirements.txt": "flask==3.0\n", "main.py": "from flask import Flask\napp = Flask(__name__)\n", "manage.py": "",
			"slipway.yaml": "services:\n  - commands: {start: '" + start + "'}\n    kind: web\n",
		})})
		if err != nil {
			t.Fatalf("%s: %v", start, err)
		}
		found := ""
		for _, e := range plan.Evidence {
			if strings.Contains(e.Means, "nobody outside the container") {
				found = e.Found
			}
		}
		if found != want.found {
			t.Errorf("%s: %q, want %q", start, found, want.found)
		}
		for _, v := range []string{"UVICORN_HOST", "FLASK_RUN_HOST", "GRANIAN_HOST"} {
			if (plan.Env[v] == "0.0.0.0") != (v == want.variable) {
				t.Errorf("%s: %s is %q", start, v, plan.Env[v])
			}
		}
	}
}
