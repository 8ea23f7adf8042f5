package python

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Rows are for docs/languages.md. A server's row has its name in backquotes,
// and a test sees that none is missing.
func (Adapter) Rows() []repo.Row { return slices.Concat(toolRows(), frameworkRows(), shapeRows()) }

func toolRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutManager, Name: "pip", Does: "requirements.txt, with hashes or without; pinned or resolved in the build; one that a desk's packages were written into and no image can have (files of conda, packages of Windows) is refused", Trees: []string{"flask-hashed", "flask-bare", "django"}, Plans: []string{"hashes", "requirements-prod", "freeze-conda", "freeze-debian", "freeze-windows"}},
		{About: repo.AboutManager, Name: "pip, requirements in parts", Does: "those for production before those for everybody; constraints (`-c`) pin what they name; of other names the only one that is not for developers", Trees: []string{"dash-uwsgi"}, Plans: []string{"requirements-prod", "constraints", "requirements-only"}},
		{About: repo.AboutManager, Name: "pylock.toml (PEP 751)", Does: "exactly, whichever tool wrote it, and without the tool", Trees: []string{"aiohttp-gunicorn", "aiohttp-self"}, Plans: []string{"pylock", "pylock-stale"}},
		{About: repo.AboutManager, Name: "dependency groups (PEP 735)", Does: "what tests need, for `tests:` alone", Trees: []string{"sanic-tested"}},
		{About: repo.AboutManager, Name: "uv", Does: "uv.lock, exactly, by the uv that required-version names", Trees: []string{"fastapi-uv", "uv-workspace"}, Plans: []string{"uv-lock-stale", "uv-required-version"}},
		{About: repo.AboutManager, Name: "poetry", Does: "poetry.lock, exactly", Trees: []string{"poetry-monorepo"}, Plans: []string{"version-poetry"}},
		{About: repo.AboutManager, Name: "setuptools", Does: "setup.cfg, setup.py or pyproject.toml alone, as a package", Trees: []string{"task-setup"}, Plans: []string{"setup-py", "setup-py-constants"}},
		{About: repo.AboutManager, Name: "pipenv", Does: "Pipfile.lock, exactly and without Pipenv; a Pipfile alone is resolved in the build", Trees: []string{"pipenv"}, Plans: []string{"pipenv", "pipenv-lock", "pipenv-lock-stale"}},
		{About: repo.AboutManager, Name: "pdm", Does: "pdm.lock, exactly and without PDM; one without inherit_metadata is refused", Trees: []string{"pdm-granian"}, Plans: []string{"pdm", "pdm-old", "pdm-no-lock"}},
		{About: repo.AboutManager, Name: "conda", Does: "an environment.yml that has nothing but Python and pip's packages; packages of conda's own are refused with what to do, and so is Pixi", Trees: []string{"conda-streamlit"}, Plans: []string{"conda", "conda-own", "pixi"}},
		{About: repo.AboutManager, Name: "pip-tools", Does: "the requirements.txt that it makes, with hashes or without", Trees: []string{"flask-hashed", "grpc-worker"}},
		{About: repo.AboutManager, Name: "script dependencies (PEP 723)", Does: "what a program says itself that it needs, with the lock of `uv lock --script` or without", Trees: []string{"fasthtml-script"}, Plans: []string{"script", "script-lock"}},
		{About: repo.AboutManager, Name: "packages of git repositories over ssh", Does: "those that requirements or the lockfile name are read for the step, which gets no key", Plans: []string{"git-ssh"}},
		{About: repo.AboutVersion, Name: "requires-python", Does: "a constraint of pyproject.toml", Trees: []string{"fastapi-uv"}, Plans: []string{"version-poetry"}},
		{About: repo.AboutVersion, Name: ".python-version", Does: "that version, or the next newer minor of the stacks, in the forms of pyenv and uv; the name of an environment is passed over", Trees: []string{"gradio"}, Plans: []string{"version-python-version", "version-python-version-uv", "version-python-version-range", "version-environment"}},
		{About: repo.AboutVersion, Name: "runtime.txt", Does: "that version, or the next newer minor of the stacks", Trees: []string{"panel"}, Plans: []string{"version-runtime-txt"}},
		{About: repo.AboutVersion, Name: ".tool-versions", Does: "that version, or the next newer minor of the stacks", Trees: []string{"dash-uwsgi"}, Plans: []string{"tool-versions"}},
		{About: repo.AboutVersion, Name: "mise.toml", Does: "that version, or the next newer minor of the stacks", Plans: []string{"mise"}},
		{About: repo.AboutVersion, Name: "PyPy", Does: "refused: stacks have CPython", Plans: []string{"version-pypy"}},
	}
}

func frameworkRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutFramework, Name: "Flask", Does: "under the WSGI server that the project has, else gunicorn; `flask`", Trees: []string{"flask-hashed", "flask-bare"}, Plans: []string{"flask", "flask-without-server"}},
		{About: repo.AboutFramework, Name: "Django", Does: "static files collected, with made-up values for variables that have no default; migrations as the release command, with the settings of what is served; WSGI or ASGI", Trees: []string{"django", "django-generated"}, Plans: []string{"django", "django-asgi", "django-served-settings", "django-health", "django-two-projects", "django-two-chosen"}},
		{About: repo.AboutFramework, Name: "Alembic, Flask-Migrate", Does: "migrations that are committed are the release command of a web service", Plans: []string{"alembic", "flask-migrate"}},
		{About: repo.AboutFramework, Name: "FastAPI, Starlette", Does: "under the ASGI server that the project has, else uvicorn", Trees: []string{"fastapi-uv"}, Plans: []string{"fastapi-standard", "fastapi-openapi-url"}},
		{About: repo.AboutFramework, Name: "Streamlit", Does: "its own server, of a page of any name", Trees: []string{"conda-streamlit"}, Plans: []string{"streamlit", "streamlit-hello", "streamlit-src", "streamlit-named"}},
		{About: repo.AboutFramework, Name: "FastHTML", Does: "under uvicorn; without a key for its sessions it is refused", Trees: []string{"fasthtml-script"}, Plans: []string{"fasthtml", "fasthtml-key"}},
		{About: repo.AboutFramework, Name: "gRPC", Does: "a worker: it answers no HTTP", Trees: []string{"grpc-worker"}, Plans: []string{"grpc"}},
		{About: repo.AboutFramework, Name: "Dash", Does: "its Flask server, of the index.py that lays the pages out where there is one; by itself where its server has no name", Trees: []string{"dash-uwsgi", "dash-pages"}, Plans: []string{"dash", "dash-index", "dash-of-flask", "dash-without-server"}},
		{About: repo.AboutFramework, Name: "Flask-SocketIO", Does: "one process of gunicorn with the worker that its clients need, or by itself", Trees: []string{"flask-socketio"}, Plans: []string{"socketio-gunicorn", "socketio"}},
		{About: repo.AboutFramework, Name: "Falcon, Connexion", Does: "WSGI; Connexion 3 with a server of ASGI", Plans: []string{"falcon-two-names", "connexion3"}},
		{About: repo.AboutFramework, Name: "aiohttp", Does: "`aiohttp`: by gunicorn's worker of it, or by itself", Trees: []string{"aiohttp-gunicorn", "aiohttp-self"}, Plans: []string{"aiohttp", "aiohttp-app"}},
		{About: repo.AboutFramework, Name: "Sanic", Does: "`sanic`", Trees: []string{"sanic-tested"}},
		{About: repo.AboutFramework, Name: "Celery", Does: "a worker", Trees: []string{"celery-procfile"}, Plans: []string{"celery", "web-and-celery"}},
		{About: repo.AboutFramework, Name: "Dramatiq, arq, RQ, FastStream", Does: "a worker", Trees: []string{"dramatiq", "arq"}, Plans: []string{"dramatiq", "arq", "worker-rq", "faststream"}},
		{About: repo.AboutFramework, Name: "WSGI servers", Does: "`gunicorn`, `waitress`", Trees: []string{"flask-hashed", "uv-workspace"}},
		{About: repo.AboutFramework, Name: "ASGI servers", Does: "`uvicorn`, `hypercorn`, `granian`", Trees: []string{"fastapi-uv", "hatch-hypercorn", "pdm-granian"}},
		{About: repo.AboutFramework, Name: "other servers", Does: "`daphne`, `uwsgi`, the latter with the library that Python is in it", Trees: []string{"django-channels", "dash-uwsgi"}},
		{About: repo.AboutFramework, Name: "settings of servers", Does: "gunicorn.conf.py is read; PORT wins over an address in it. FLASK_APP of .flaskenv and entrypoint of [tool.fastapi] choose the application", Trees: []string{"aiohttp-gunicorn"}, Plans: []string{"gunicorn-conf", "flaskenv", "fastapi-entrypoint"}},
		{About: repo.AboutFramework, Name: "Gradio, Chainlit, Panel, NiceGUI", Does: "their own servers, on PORT; NiceGUI's program has to read it; Chainlit writes below /tmp", Trees: []string{"gradio", "chainlit", "panel", "nicegui"}, Plans: []string{"gradio", "gradio-port", "chainlit", "panel", "nicegui"}},
		{About: repo.AboutFramework, Name: "MkDocs, Sphinx", Does: "built with Python, served as files: the image has no Python. MkDocs without a list of dependencies is built with one version of ours", Trees: []string{"mkdocs", "sphinx"}, Plans: []string{"mkdocs-alone"}},
		{About: repo.AboutFramework, Name: "Airflow, Dagster, Reflex, Scrapy, Pyramid, notebooks", Does: "refused with what to declare: they are several processes, none, or one that nobody chose", Plans: []string{"airflow", "dagster", "reflex", "scrapy", "pyramid", "notebooks"}},
		{About: repo.AboutFramework, Name: "functions of AWS and Azure, MCP by stdin", Does: "refused: only their own host starts them", Plans: []string{"function-of-a-host", "function-of-azure", "mcp-stdio"}},
	}
}

func shapeRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "workspace of uv", Does: "the service and the members that it needs", Trees: []string{"uv-workspace"}},
		{About: repo.AboutShape, Name: "packages of the same repository", Does: "by their path or their address; their names are never asked for in an index", Trees: []string{"poetry-monorepo", "pipenv"}, Plans: []string{"requirements-local", "requirements-extras", "uv-path-unlocked"}},
		{About: repo.AboutShape, Name: "packaged application", Does: "of any backend: the directory that the backend is told, its script, a version out of the history", Trees: []string{"hatch-hypercorn"}, Plans: []string{"backend-hatch", "backend-unknown", "uv-required-version"}},
		{About: repo.AboutShape, Name: "protobuf and gRPC, not committed", Does: "a module *_pb2 that is imported and not there is made of the .proto file of its name, with the grpcio-tools of the dependencies or of the developers", Trees: []string{"grpc-generated"}, Plans: []string{"protobuf-beside", "protobuf-package", "protobuf-no-tools", "protobuf-two", "protobuf-imports-elsewhere", "protobuf-installed"}},
		{About: repo.AboutShape, Name: "a front end of Node.js", Does: "what settings of Django, a static directory or a module name and a package.json builds is built first, with Node.js; or `frontend:`", Trees: []string{"django-vite"}, Plans: []string{"frontend-flask", "frontend-two"}},
		{About: repo.AboutShape, Name: "Procfile", Does: "web, worker and release; each other process is declared as a service of its own", Trees: []string{"celery-procfile", "psycopg2"}, Plans: []string{"procfile", "procfile-service", "procfile-two-services"}},
		{About: repo.AboutShape, Name: "no list of dependencies", Does: "the standard library alone", Trees: []string{"no-dependencies"}},
		{About: repo.AboutShape, Name: "scripts of Pipenv, PDM and Hatch", Does: "one called start, serve, web, prod, run or worker, where no source shows an application", Trees: []string{"pipenv-script"}, Plans: []string{"pdm-script", "hatch-script"}},
		{About: repo.AboutShape, Name: "tox, nox", Does: "left alone, and out of the image", Plans: []string{"tox-nox"}},
		{About: repo.AboutShape, Name: "Rust in a package", Does: "maturin and setuptools-rust, of the service or of a package beside it: crates fetched once and compiled offline with the Rust of the build image's Debian (1.96, 1.85 on Debian 13), or with the whole release that a toolchain file names, which is fetched; one of an index that has no wheel brings Rust itself (maturin), or needs `packages: {build: [cargo-web, rustc-web]}` (setuptools-rust)", Trees: []string{"maturin", "setuptools-rust"}, Plans: []string{"maturin", "maturin-toolchain", "setuptools-rust-two", "maturin-bin", "maturin-no-crate"}},
		{About: repo.AboutShape, Name: "console script", Does: "a task or a worker by its name", Trees: []string{"task-setup"}, Plans: []string{"project-script", "script-task"}},
		{About: repo.AboutShape, Name: "tests in the build", Does: "`tests:` runs them without a network", Trees: []string{"sanic-tested"}, Plans: []string{"declared-build-tests"}},
		{About: repo.AboutShape, Name: "no server", Does: "a task; a worker, where it takes from a queue or goes round; a web service, where a package that is not known may serve; of a package, the one file that says that it can be run; of several the one that the Dockerfile beside them starts, else all are named", Plans: []string{"programs-dockerfile", "kind-command", "kind-queue", "kind-foreign", "worker-loop", "package-main-file", "programs-several"}},
		{About: repo.AboutShape, Name: "several applications", Does: "the one that a Dockerfile beside them starts; the one nearest to the top; wsgi.py, asgi.py and usual names before others; of equals the one that is made of the others, or that a script of the project is in; else all are named. What wraps an application before that", Plans: []string{"wsgi-wrapped", "wsgi-dispatcher", "asgi-sockets", "apps-two", "apps-wsgi", "wsgi-in-package", "apps-one-of-the-other", "apps-dockerfile", "apps-script", "two-applications"}},
		{About: repo.AboutShape, Name: "a port of its own", Does: "a number or a constant, where nothing reads PORT; a program that has an option for it is told PORT by that", Plans: []string{"program-fixed-port", "port-constant", "port-option", "port-option-host"}},
		{About: repo.AboutShape, Name: "a locale", Does: "images have C.UTF-8 alone: the plan says where another is set, and which package has it", Plans: []string{"locale"}},
		{About: repo.AboutShape, Name: "an address of the loopback", Does: "UVICORN_HOST, FLASK_RUN_HOST, GRANIAN_HOST, and HOST and the like where the program reads them, are set; else the plan says where it is listened on", Plans: []string{"loopback-procfile", "loopback-variable", "loopback-file", "loopback-said", "loopback-start", "bottle-loopback"}},
		{About: repo.AboutSystem, Name: "packages without wheels", Does: "compiled in the dependency step, with Debian's packages of well-known ones", Trees: []string{"psycopg2"}, Plans: []string{"system-packages"}},
		{About: repo.AboutSystem, Name: "programs that are called", Does: "ffmpeg, poppler, tesseract and others that subprocess or shutil.which name; GeoDjango's libraries", Trees: []string{"programs", "django-channels"}, Plans: []string{"programs", "geodjango"}},
	}
}
