package contract_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// readOnly runs a program that ends unless its root is writable, and tells
// what it said and, where it could, wrote.
type readOnly struct {
	says    string
	written []string
}

func (r readOnly) Start(_ context.Context, _ v1.Image, t contract.Trial) (contract.Running, error) {
	if t.WritableRoot {
		return program{seen: contract.Seen{Written: r.written}, status: 200}, nil
	}
	return program{seen: contract.Seen{Stderr: r.says}, code: 1}, nil
}

type program struct {
	seen   contract.Seen
	status int // of every answer; 0: it has ended
	code   int
}

func (p program) Get(context.Context, int, string) (int, error) {
	if p.status == 0 {
		return 0, slipway.Errorf(slipway.CodeUnavailable, "nothing listens")
	}
	return p.status, nil
}

func (p program) Wait(ctx context.Context) (int, error) {
	if p.status == 0 {
		return p.code, nil
	}
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

func (p program) Terminate() error    { return nil }
func (p program) Seen() contract.Seen { return p.seen }
func (p program) Close() error        { return nil }

func tried(t *testing.T, runner contract.Runner, rule contract.Name) contract.Finding {
	t.Helper()
	s := good("")
	s.opt.Runner, s.opt.StartUp, s.opt.Stop = runner, time.Minute, time.Millisecond
	for _, r := range s.check(t).Results {
		if r.Rule == rule && len(r.Findings) > 0 {
			return r.Findings[0]
		}
	}
	t.Fatalf("nothing is found by the rule %s", rule)
	return contract.Finding{}
}

// A program that may not write is told which directories to declare.
func TestRun_namesWhatToDeclare(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		written []string
		says    string
		hint    string
	}{
		"a log":              {[]string{"/app/logs/2026/x.log", "/app/logs/a.log"}, "it writes /app/logs/2026/x.log and 1 more", "`writable: [logs]`"},
		"two directories":    {[]string{"/app/logs/a.log", "/app/uploads/"}, "and 1 more", "`writable: [logs, uploads]`"},
		"a file beside it":   {[]string{"/app/cart.db"}, "it writes /app/cart.db", "let it write cart.db into a directory of its own"},
		"elsewhere":          {[]string{"/var/lib/cart/x.db"}, "it writes /var/lib/cart/x.db", "`writable: [/var/lib/cart]`"},
		"nothing to be seen": {nil, "may write to its root", "write to /tmp"},
	} {
		f := tried(t, readOnly{written: tt.written}, contract.RuleUser)
		if !strings.Contains(f.Message, tt.says) || !strings.Contains(f.Hint, tt.hint) {
			t.Errorf("%s: %s\n%s", name, f.Message, f.Hint)
		}
	}
}

// What a program said last is its error, not the frames of its stack.
func TestRun_lastWords(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ says, want string }{
		"node":        {"SqliteError: unable to open\n    at new Database (/app/x.js:1:2)\n    at node:internal/main:3:4 {\n  code: 'SQLITE_CANTOPEN'\n}\n\nNode.js v22\n", ": SqliteError: unable to open; code: 'SQLITE_CANTOPEN'; Node.js v22"},
		"python":      {"  File \"x.py\", line 3\n    open(x)\n    ^^^^^^^\nOSError: [Errno 30] Read-only file system: 'x'\n", ": File \"x.py\", line 3; open(x); OSError: [Errno 30] Read-only file system: 'x'"},
		"java":        {"Exception in thread \"main\" java.io.IOException: no\n\tat cart.Main.main(Main.java:3)\n\t... 3 more\n", ": Exception in thread \"main\" java.io.IOException: no"},
		"frames only": {"    at x (y)", ": at x (y)"},
		"nothing":     {"", ", and said nothing"},
	} {
		if f := tried(t, readOnly{says: tt.says}, contract.RuleStartUp); !strings.HasSuffix(f.Message, tt.want) {
			t.Errorf("%s: %s", name, f.Message)
		}
	}
}

// deaf listens at an address that nobody is at who asks from outside.
type deaf struct{}

func (deaf) Start(_ context.Context, _ v1.Image, t contract.Trial) (contract.Running, error) {
	port, err := strconv.Atoi(t.Env["PORT"])
	return listening{port}, err
}

type listening struct{ port int }

func (listening) Get(context.Context, int, string) (int, error) {
	return 0, slipway.Errorf(slipway.CodeUnavailable, "nothing listens")
}

func (listening) Wait(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

func (l listening) Seen() contract.Seen {
	return contract.Seen{Listening: []contract.Listener{{Port: l.port, Loopback: true}}}
}
func (listening) Terminate() error { return nil }
func (listening) Close() error     { return nil }

// localhost is ::1 for Node.js, where a question at 127.0.0.1 finds nobody.
func TestRun_saysThatLocalhostIsReachedByNobody(t *testing.T) {
	t.Parallel()
	s := good("")
	s.opt.Runner, s.opt.StartUp = deaf{}, 200*time.Millisecond
	for _, r := range s.check(t).Results {
		for _, f := range r.Findings {
			if r.Rule == contract.RuleKind && strings.Contains(f.Message, "of 127.0.0.1 alone, or of localhost") {
				return
			}
			t.Log(f.Message)
		}
	}
	t.Error("nobody says that it listens for itself alone")
}
