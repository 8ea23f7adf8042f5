package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/worker"
)

const goService = "module example.com/x\n\ngo 1.26\n"

func monorepo() fstest.MapFS {
	return fstest.MapFS{
		"slipway.yaml": {Data: []byte("services:\n- name: cart\n  path: cart\n  kind: web\n  needs: [pay]\n- name: pay\n  path: pay\n- name: broken\n  path: broken\n")},
		"cart/go.mod":  {Data: []byte(goService)}, "cart/main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
		"pay/go.mod": {Data: []byte(goService)}, "pay/main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
		"broken/README": {Data: []byte("nothing to build\n")},
	}
}

// expansion runs a worker for one event.
func expansion(t *testing.T, m *machine, task slipway.Task) slipway.Expansion {
	t.Helper()
	c := newControl()
	if task.Origin.URL == "" {
		task.Origin = slipway.Origin{URL: "https://forge.example/shop/cart.git", Ref: "refs/heads/main", Commit: "c1"}
	}
	c.tasks[7] = task
	_, stop := run(t, c, m, worker.Config{})
	c.expand(7)
	c.until(t, "it is expanded", func() bool { return len(c.expanded) > 0 })
	stop()
	return c.expanded[7]
}

func registered(name, path string) slipway.Service {
	return slipway.Service{Name: slipway.ServiceName{Team: "shop", Name: name}, Path: path}
}

func TestWorker_ExpandsWhatSlipwayYAMLDeclares(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	got := expansion(t, m, slipway.Task{Services: []slipway.Service{registered("old", "old")}})
	want := slipway.Expansion{Commit: "c1", Services: []slipway.Found{
		{Name: "cart", Path: "cart", Kind: slipway.KindWeb, Needs: []string{"pay"}},
		{Name: "pay", Path: "pay", Kind: got.Services[1].Kind},
		{Name: "broken", Path: "broken"},
	}}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(slipway.Found{}, "Inputs"), cmpopts.IgnoreFields(slipway.Expansion{}, "Read")); d != "" {
		t.Error(d)
	}
	if got.Read.IsZero() || len(got.Services[0].Inputs) != 64 || got.Services[0].Inputs == got.Services[1].Inputs || got.Services[2].Inputs != "" {
		t.Errorf("inputs: %+v", got)
	}
}

// Equal inputs mean that nothing is to be built: what is declared of the
// service is a part of them.
func TestWorker_InputsAreFilesAndPlan(t *testing.T) {
	t.Parallel()
	inputs := func(change func(m *machine)) string {
		m := newMachine()
		m.files = monorepo()
		change(m)
		return expansion(t, m, slipway.Task{}).Services[0].Inputs
	}
	as := inputs(func(*machine) {})
	if again := inputs(func(*machine) {}); again != as {
		t.Error("the same files have other inputs")
	}
	if inputs(func(m *machine) { m.hash = "other" }) == as {
		t.Error("other files have the same inputs")
	}
	env := func(m *machine) {
		m.files["slipway.yaml"] = &fstest.MapFile{Data: []byte("services:\n- name: cart\n  path: cart\n  kind: web\n  env: {A: b}\n")}
	}
	if inputs(env) == as {
		t.Error("another environment has the same inputs")
	}
}

func TestWorker_ExpandsWhatIsRegistered(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	delete(m.files, "slipway.yaml")
	got := expansion(t, m, slipway.Task{Services: []slipway.Service{registered("pay", "pay")}})
	if len(got.Services) != 1 || got.Services[0].Name != "pay" || got.Services[0].Inputs == "" {
		t.Errorf("%+v", got)
	}
}

func TestWorker_NamesTheOnlyService(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files["slipway.yaml"] = &fstest.MapFile{Data: []byte("services:\n- kind: web\n")}
	for _, c := range []struct {
		task slipway.Task
		want string
	}{
		{slipway.Task{Services: []slipway.Service{registered("basket", "")}}, "basket"},
		{slipway.Task{}, "cart"}, // the repository's name
	} {
		if got := expansion(t, m, c.task); len(got.Services) != 1 || got.Services[0].Name != c.want || got.Services[0].Path != "" {
			t.Errorf("%+v, want the name %s", got, c.want)
		}
	}
	odd := slipway.Task{Origin: slipway.Origin{URL: "git@forge.example:Shop/My_Cart.git", Commit: "c1"}}
	if got := expansion(t, m, odd); got.Problem == nil || got.Problem.Code != slipway.CodeInvalid {
		t.Errorf("%+v, want a problem", got)
	}
}

func TestWorker_SaysWhatIsWrongWithARepository(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(m *machine)
		code   slipway.Code
		says   string
	}{
		"bad slipway.yaml": {func(m *machine) { m.files["slipway.yaml"] = &fstest.MapFile{Data: []byte("servces: []\n")} }, slipway.CodeInvalid, "slipway.yaml:1"},
		"no services":      {func(*machine) {}, slipway.CodeNotFound, "which services"},
		"gone": {func(m *machine) {
			m.opens = func(context.Context, slipway.Origin) error {
				return slipway.Errorf(slipway.CodeNotFound, "there is no commit c1")
			}
		}, slipway.CodeNotFound, "no commit"},
		"not let in": {func(m *machine) {
			m.opens = func(context.Context, slipway.Origin) error {
				return slipway.Errorf(slipway.CodeForbidden, "forge.example does not let this fetch in")
			}
		}, slipway.CodeForbidden, "let"},
	} {
		m := newMachine()
		c.change(m)
		got := expansion(t, m, slipway.Task{})
		if got.Problem == nil || got.Problem.Code != c.code || !strings.Contains(got.Problem.Message, c.says) || len(got.Services) > 0 {
			t.Errorf("%s: %+v", name, got.Problem)
		}
	}
}

func TestWorker_LooksAgainWhenAFetchFails(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	m.opens = func(context.Context, slipway.Origin) error {
		if m.openings() < 3 {
			return slipway.Errorf(slipway.CodeUnavailable, "forge.example was not fetched")
		}
		return nil
	}
	if got := expansion(t, m, slipway.Task{}); got.Problem != nil || len(got.Services) != 3 {
		t.Errorf("%+v", got)
	}
}

func (m *machine) openings() int { m.mu.Lock(); defer m.mu.Unlock(); return m.opened }

func TestWorker_SaysNothingOfAnEventThatItCannotRead(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	c.tasks[1], c.tasks[2] = slipway.Task{}, slipway.Task{}
	m.files = monorepo()
	m.opens = func(context.Context, slipway.Origin) error {
		if m.openings() <= 3 {
			return errors.New("no such host")
		}
		return nil
	}
	_, stop := run(t, c, m, worker.Config{Expansions: 1})
	c.expand(1)
	c.expand(2)
	c.until(t, "the other is expanded", func() bool { return len(c.expanded) > 0 })
	stop()
	if len(c.expanded) != 1 || m.openings() != 4 {
		t.Errorf("%d expanded after %d tries", len(c.expanded), m.openings())
	}
}

func TestWorker_ADefectInOnePlanIsNoOthers(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	reads := 0
	var mu sync.Mutex
	m.planned = func() {
		mu.Lock()
		defer mu.Unlock()
		if reads++; reads == 2 { // the first is slipway.yaml's
			panic("a defect")
		}
	}
	got := expansion(t, m, slipway.Task{})
	if len(got.Services) != 3 || got.Services[0].Inputs != "" || got.Services[1].Inputs == "" {
		t.Errorf("%+v", got)
	}
}

func TestWorker_ADefectInOneExpansionIsNoOthers(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	m.files = monorepo()
	c.tasks[1], c.tasks[2] = slipway.Task{}, slipway.Task{}
	m.opens = func(context.Context, slipway.Origin) error {
		if m.openings() <= 3 {
			panic("a defect")
		}
		return nil
	}
	run(t, c, m, worker.Config{Expansions: 1})
	c.expand(1)
	c.expand(2)
	c.until(t, "one of them is expanded", func() bool { return len(c.expanded) == 1 })
}

func TestWorker_ExpansionsTakeNoSlot(t *testing.T) {
	t.Parallel()
	c, m := newControl(), newMachine()
	m.solve = forever
	c.tasks[1] = slipway.Task{Services: []slipway.Service{registered("cart", "")}}
	run(t, c, m, worker.Config{Slots: 1})
	c.build(1)
	c.until(t, "a build runs", func() bool { return len(c.last().Running) == 1 })
	c.expand(1)
	c.expand(99) // expanded already
	c.until(t, "an event is expanded beside it", func() bool { return len(c.expanded) == 1 })
}

// Where a branch stands is asked after its commit was read, of branches alone,
// and an answer that does not come is none.
func TestWorker_SaysWhereABranchStands(t *testing.T) {
	t.Parallel()
	says := func(m *machine) { m.heads = func(context.Context, slipway.Origin) (string, error) { return "c2", nil } }
	for name, c := range map[string]struct {
		ref    string
		change func(m *machine)
		head   string
		wrong  bool
	}{
		"a branch":       {"refs/heads/main", says, "c2", false},
		"a tag":          {"refs/tags/v1", says, "", false},
		"a pull request": {"refs/pull/3/head", says, "", false},
		"nobody answers": {"refs/heads/main", func(*machine) {}, "", false},
		"it is gone":     {"refs/heads/main", func(m *machine) { m.heads = func(context.Context, slipway.Origin) (string, error) { return "", nil } }, "", false},
		"it meets defects": {"refs/heads/main", func(m *machine) {
			m.heads = func(context.Context, slipway.Origin) (string, error) { panic("a defect") }
		}, "", false},
		"with a problem": {"refs/heads/main", func(m *machine) {
			says(m)
			m.files["slipway.yaml"] = &fstest.MapFile{Data: []byte("servces: []\n")}
		}, "c2", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine()
			m.files = monorepo()
			c.change(m)
			before := time.Now()
			got := expansion(t, m, slipway.Task{Origin: slipway.Origin{URL: "https://forge.example/shop/cart.git", Ref: c.ref, Commit: "c1"}})
			if got.Head != c.head || (got.Problem != nil) != c.wrong || (len(got.Services) == 3) == c.wrong || got.Read.Before(before) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// It is asked while the services are planned, and after the commit was opened;
// what is looked at again is asked again.
func TestWorker_AsksForTheHeadBesidePlanning(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	planning, asked := make(chan struct{}), make(chan struct{})
	var once, both sync.Once
	m.planned = func() { once.Do(func() { close(planning); <-asked }) }
	m.heads = func(ctx context.Context, _ slipway.Origin) (string, error) {
		if m.openings() != 1 {
			return "", errors.New("nothing was opened")
		}
		select {
		case <-planning:
			both.Do(func() { close(asked) })
			return "c2", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if got := expansion(t, m, slipway.Task{}); got.Head != "c2" {
		t.Errorf("%+v", got)
	}
}

// A commit whose files cannot be had just now is looked at again, without an
// answer that is still outstanding.
func TestWorker_LooksAgainWithoutTheHead(t *testing.T) {
	t.Parallel()
	m := newMachine()
	m.files = monorepo()
	m.heads = func(ctx context.Context, _ slipway.Origin) (string, error) {
		if m.openings() == 1 {
			<-ctx.Done()
			return "c2", nil
		}
		return "c3", nil
	}
	m.hashes = func() error {
		if m.openings() == 1 {
			return slipway.Errorf(slipway.CodeUnavailable, "the mirror is gone")
		}
		return nil
	}
	if got := expansion(t, m, slipway.Task{}); got.Head != "c3" || got.Problem != nil {
		t.Errorf("%+v", got)
	}
}
