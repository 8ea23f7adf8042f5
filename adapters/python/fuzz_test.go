package python_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// Whatever the files of a project say, there is a plan that can be run or an
// error that a person can read.
func FuzzAdapter_Plan(f *testing.F) {
	f.Add([]byte("[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"a\"\n[tool.maturin]\nmanifest-path = \"x/../Cargo.toml\"\npython-source = \"b\"\n"), []byte("[[packages]]\nname = \"flask\"\n"), []byte("FLASK_APP=\"app.py:create_app()\"\n"), []byte("[package]\nname = \"a\"\nversion = \"1\"\n"), []byte("app = Flask(__name__)\n"))
	f.Add([]byte("[build-system]\nrequires = [\"setuptools-rust\"]\n[project]\nname = \"\"\n[[tool.setuptools-rust.ext-modules]]\npath = \"../Cargo.toml\"\n[tool.pdm.scripts]\nstart = {call = \"a:b(1)\"}\n"), []byte("lock-version = \"1.0\"\n"), []byte("export FLASK_APP=\n"), []byte("[workspace]\nmembers = [\"b\"]\n"), []byte("from flask import Flask\nx: int\n"))
	f.Add([]byte("[project]\nname = \"a\"\ndependencies = [\"gradio\"]\n[tool.fastapi]\nentrypoint = \"a:b:c\"\n[tool.hatch.envs.default.scripts]\nrun = [\"x\", 1]\n"), []byte(""), []byte(""), []byte(""), []byte("import gradio\n"))
	f.Fuzz(func(t *testing.T, project, lock, flaskenv, cargo, source []byte) {
		tree := fstest.MapFS{
			"pyproject.toml": {Data: project}, "pylock.toml": {Data: lock}, ".flaskenv": {Data: flaskenv}, "Cargo.toml": {Data: cargo}, "src/lib.rs": {Data: nil},
			"app.py": {Data: source}, "b/__init__.py": {Data: source}, "setup.py": {Data: source},
		}
		plan, err := adapters.Plan(adapters.Request{Tree: tree})
		if err == nil {
			err = plan.Validate()
		}
		if e, ok := errors.AsType[*slipway.Error](err); err != nil && (!ok || e.Code == slipway.CodeInternal || e.Hint == "" && e.Code != slipway.CodeInvalid) {
			t.Fatalf("%v", err)
		}
	})
}
