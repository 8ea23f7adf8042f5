package command_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/adapters/command"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		`node server.js`:                            {"node", "server.js"},
		`node  "my server.js" 'a b' c\ d`:           {"node", "my server.js", "a b", "c d"},
		`gunicorn app:app --bind 0.0.0.0:$PORT`:     {"/bin/sh", "-c", "exec gunicorn app:app --bind 0.0.0.0:$PORT"},
		`gunicorn app:app --bind "0.0.0.0:${PORT}"`: {"/bin/sh", "-c", `exec gunicorn app:app --bind "0.0.0.0:${PORT}"`},
		`python migrate.py && gunicorn app`:         {"/bin/sh", "-c", "python migrate.py && exec gunicorn app"},
		`a; b -x`:                                   {"/bin/sh", "-c", "a; exec b -x"},
		`a || b`:                                    {"/bin/sh", "-c", "a || b"},
		`a | b`:                                     {"/bin/sh", "-c", "a | b"},
		`ls *.js`:                                   {"/bin/sh", "-c", "exec ls *.js"},
		`PORT=$X node a.js`:                         {"/bin/sh", "-c", "PORT=$X exec node a.js"},
		`cd dist && node a.js`:                      {"/bin/sh", "-c", "cd dist && exec node a.js"},
		`exec node $X`:                              {"/bin/sh", "-c", "exec node $X"},
		`node a.js > log.txt`:                       {"/bin/sh", "-c", "exec node a.js > log.txt"},
		`python -c "print(\"\$x\")"`:                {"python", "-c", `print("$x")`},
		"node \\\n a.js":                            {"node", "a.js"},
	} {
		c, ok := command.Parse(line)
		if !ok {
			t.Errorf("%s is not read", line)
			continue
		}
		if diff := cmp.Diff(want, c.Exec()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
		if c.NeedsShell() != (want[0] == command.Shell) {
			t.Errorf("%s: needs a shell: %t", line, c.NeedsShell())
		}
	}
}

func TestParse_assignments(t *testing.T) {
	t.Parallel()
	c, ok := command.Parse(`NODE_ENV=production A="b c" EMPTY= node x.js`)
	if !ok {
		t.Fatal("is not read")
	}
	if diff := cmp.Diff(map[string]string{"NODE_ENV": "production", "A": "b c", "EMPTY": ""}, c.Env); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"node", "x.js"}, c.Exec()); diff != "" {
		t.Error(diff)
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "  ", "# only a comment", "echo 'open", "if x", "a\x00b", strings.Repeat("a", command.MaxLine+1)} {
		if c, ok := command.Parse(line); ok {
			t.Errorf("%.20q is read as %v", line, c.Exec())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"node a.js", "A=b c $D", "a && b || c; d &", "`a`", "$(a)", "a <<E\nb\nE", "((", "x() { y; }", "a\\\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := command.Parse(line)
		if ok && len(c.Exec()) == 0 {
			t.Errorf("%q gives no command", line)
		}
	})
}

func TestLine(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{
		"/app/shop -title 'Shop of the harbour' serve":                  {"/app/shop", "-title", "Shop of the harbour", "serve"},
		"/bin/sh -c 'exec panel serve --port $PORT'":                    {"/bin/sh", "-c", "exec panel serve --port $PORT"},
		"server --port=$PORT --say '' \"it's\" 'it'\\''s $1' '*' 'a&b'": {"server", "--port=$PORT", "--say", "", "it's", "it's $1", "*", "a&b"},
	} {
		if got := command.Line(words); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
