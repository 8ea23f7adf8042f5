package python

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// unserved is the kind of a program in which nothing serves or goes round: a
// task, unless it imports what nobody here knows and speaks of serving.
func (p *planner) unserved(file string) repo.Guess {
	all := p.reachable(p.modules[file])
	if name := p.foreign(all); name != "" {
		lines, tells := 0, false
		for _, q := range all {
			lines, tells = lines+repo.Lines(p.text(q.file)), tells || repo.Tells(p.text(q.file))
			if word, at := repo.Word(p.text(q.file), repo.Serving()...); at >= 0 {
				return repo.Unsure(slipway.Evidence{File: q.file, Line: lineAt(p.text(q.file), at), Found: "the word " + word + ", beside " + name + ", which may serve"})
			}
		}
		if repo.HandsOver(name, lines, tells) {
			return repo.Unsure(slipway.Evidence{File: file, Found: "little but " + name + ", which may serve"})
		}
	}
	return repo.Guess{Kind: slipway.KindTask, Why: slipway.Evidence{File: file, Found: "a program that neither serves nor loops"}}
}

// foreign is a module that some import, which is neither Python's nor the
// service's own, and of which nobody here knows that it serves nothing.
func (p *planner) foreign(all []*module) string {
	for _, m := range all {
		for _, name := range m.imported {
			if slices.Contains(harmless(), name) || slices.ContainsFunc(p.allRoots(), func(root string) bool { return p.importsFrom(&module{imported: []string{name}}, root) }) || p.importsFrom(&module{imported: []string{name}}, p.Dir) {
				continue
			}
			return name
		}
	}
	return ""
}

// harmless are modules of the standard library, without those that serve, and
// ones that everybody uses and none of which serves.
func harmless() []string {
	return []string{
		"__future__", "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "binascii", "bisect", "bz2", "calendar", "cmd", "codecs", "collections", "concurrent", "configparser", "contextlib", "contextvars", "copy", "csv", "ctypes",
		"dataclasses", "datetime", "decimal", "difflib", "email", "enum", "errno", "faulthandler", "fnmatch", "fractions", "ftplib", "functools", "gc", "getopt", "getpass", "gettext", "glob", "graphlib", "gzip", "hashlib", "heapq", "hmac", "html", "http",
		"imaplib", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "linecache", "locale", "logging", "lzma", "mailbox", "math", "mimetypes", "mmap", "multiprocessing", "numbers", "operator", "os", "pathlib", "pickle", "pkgutil", "platform",
		"poplib", "pprint", "queue", "random", "re", "sched", "secrets", "select", "selectors", "shelve", "shlex", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "stat", "statistics", "string", "struct", "subprocess", "sys", "sysconfig", "tarfile",
		"tempfile", "textwrap", "threading", "time", "timeit", "tomllib", "traceback", "types", "typing", "typing_extensions", "unicodedata", "unittest", "urllib", "uuid", "warnings", "weakref", "xml", "xmlrpc", "zipfile", "zlib", "zoneinfo",
		"requests", "httpx", "urllib3", "click", "typer", "rich", "tqdm", "fire", "docopt", "colorama", "tabulate", "pydantic", "pydantic_settings", "attr", "attrs", "numpy", "pandas", "polars", "pyarrow", "duckdb", "scipy", "sklearn", "matplotlib", "seaborn",
		"torch", "tensorflow", "transformers", "openai", "anthropic", "boto3", "botocore", "google", "azure", "sqlalchemy", "psycopg", "psycopg2", "asyncpg", "pymysql", "MySQLdb", "pymongo", "redis", "peewee", "elasticsearch", "snowflake",
		"yaml", "toml", "tomli", "dotenv", "jinja2", "bs4", "lxml", "selenium", "playwright", "scrapy", "openpyxl", "xlsxwriter", "docx", "pypdf", "reportlab", "PIL", "cv2", "feedparser", "markdown", "xmltodict", "loguru", "structlog", "dateutil", "pytz", "pendulum",
		"arrow", "tenacity", "paramiko", "jsonschema", "cryptography", "jwt", "psutil", "pytest", "setuptools", "pkg_resources",
	}
}
