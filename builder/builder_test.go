package builder_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/solve"
)

// tree is a repository in memory.
type tree struct {
	files    fstest.MapFS
	session  fsutil.FS
	hash     string
	revision slipway.Revision
}

func (t *tree) FS() fs.FS                     { return t.files }
func (t *tree) Session() fsutil.FS            { return t.session }
func (t *tree) Revision() slipway.Revision    { return t.revision }
func (t *tree) Hash([]string) (string, error) { return t.hash, nil }

// world is everything outside the builder: one stack, a registry of content
// images, a daemon that counts.
type world struct {
	made    map[string]time.Time // of content images
	known   map[slipway.BuildKey]string
	solved  []solve.Request
	stamped []builder.Stamp
	fail    error
	lacks   bool // the version that a plan asks for, unless it fetches it
}

func (w *world) Lacks(p slipway.Plan) bool { return w.lacks && !p.Version.Fetched }

func (w *world) Resolve(_ context.Context, p slipway.Plan) (slipway.Stack, slipway.Version, error) {
	return slipway.Stack{
		Name: "go-1.26.8", Init: "/init",
		Build: slipway.StackImage{Name: "build", Digest: "sha256:b"}, Run: slipway.StackImage{Name: "run", Digest: "sha256:r"},
	}, slipway.Version{Value: "1.26.8", Want: p.Version.Want, From: p.Version.From}, nil
}

func (w *world) Find(_ context.Context, _ slipway.ServiceName, key slipway.BuildKey) (string, bool, error) {
	digest, ok := w.known[key]
	return digest, ok, nil
}

func (w *world) Solve(_ context.Context, r solve.Request, key slipway.BuildKey) (string, error) {
	w.solved = append(w.solved, r)
	if w.fail != nil {
		return "", w.fail
	}
	w.known[key] = "sha256:content"
	w.made["sha256:content"] = r.Created
	return "sha256:content", nil
}

func (w *world) Created(_ context.Context, _ slipway.ServiceName, content string) (time.Time, error) {
	return w.made[content], nil
}

func (w *world) Size(context.Context, slipway.ServiceName, string) (int64, error) {
	return 9_200_000, nil
}

// log keeps the lines of a build.
type log struct{ lines []string }

func (l *log) Line(line slipway.LogLine) { l.lines = append(l.lines, line.Text) }
func (l *log) Event(slipway.StepEvent)   {}

func (w *world) Stamp(_ context.Context, s builder.Stamp) (slipway.Image, error) {
	w.stamped = append(w.stamped, s)
	return slipway.Image{Service: s.Service, Content: s.Content, Key: s.Key, Tag: s.Revision.ImageTag(1, s.Key)}, nil
}

func newWorld() (*world, *builder.Builder) {
	w := &world{known: map[slipway.BuildKey]string{}, made: map[string]time.Time{}}
	return w, &builder.Builder{Stacks: w, Images: w, Solver: w}
}

func request() builder.Request {
	return builder.Request{
		Service: slipway.ServiceName{Team: "shop", Name: "cart"},
		Tree: &tree{
			hash: "tree-a", revision: slipway.Revision{SHA: "0123456789abcdef", Branch: "main", Time: time.Unix(1e9, 0)},
			files: fstest.MapFS{
				"go.mod":  {Data: []byte("module example.com/cart\n\ngo 1.26\n")},
				"main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
			},
		},
	}
}

func TestBuilder_Build_SolvesOnceAndStampsEachCommit(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	r := request()
	first, err := b.Build(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	other := request()
	other.Tree.(*tree).revision.SHA = "fedcba9876543210" //nolint:forcetypeassert // made above
	second, err := b.Build(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	if first.Known || !second.Known || len(w.solved) != 1 || len(w.stamped) != 2 {
		t.Errorf("known %v then %v, %d solves, %d stamps; want one solve and two stamps", first.Known, second.Known, len(w.solved), len(w.stamped))
	}
	if first.Image.Content != second.Image.Content || first.Image.Tag == second.Image.Tag {
		t.Errorf("images %+v and %+v: want one content under two tags", first.Image, second.Image)
	}
}

func TestBuilder_Build_ChangedFilesAreSolvedAgain(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	r := request()
	if _, err := b.Build(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Tree.(*tree).hash = "tree-b" //nolint:forcetypeassert // made above
	if result, err := b.Build(t.Context(), r); err != nil || result.Known {
		t.Errorf("known %v, error %v", result.Known, err)
	}
	if len(w.solved) != 2 {
		t.Errorf("%d solves, want 2", len(w.solved))
	}
}

func TestBuilder_Build_ForceSolvesWhatIsKnown(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	r := request()
	for range 2 {
		r.Force = len(w.solved) > 0
		if _, err := b.Build(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.solved) != 2 || w.solved[0].SkipCache || !w.solved[1].SkipCache {
		t.Errorf("solves %+v, want the second to skip caches", w.solved)
	}
}

// A Dockerfile's dependencies are not locked: its image is used again for
// seven days at most, and then built anew, without the daemon's caches.
func TestBuilder_Build_UnlockedContentGrowsOld(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	b.Now = func() time.Time { return now }
	var said log
	r := request()
	r.Log = &said
	r.Tree.(*tree).files = fstest.MapFS{"Dockerfile": {Data: []byte("FROM debian\n")}} //nolint:forcetypeassert // made above
	solves := map[int]int{}
	for day := range 15 {
		if _, err := b.Build(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		solves[len(w.solved)] = day
		now = now.Add(24 * time.Hour)
	}
	if len(w.solved) != 3 {
		t.Fatalf("%d solves in fifteen days, want the first and one for each begun seven days", len(w.solved))
	}
	if solves[2]-solves[1] != 7 {
		t.Errorf("content was used for %d days", solves[2]-solves[1])
	}
	if w.solved[0].SkipCache || !w.solved[1].SkipCache || !w.solved[1].Created.After(w.solved[0].Created) {
		t.Errorf("the solves are of %s and %s", w.solved[0].Created, w.solved[1].Created)
	}
	if len(said.lines) != 2 || !strings.Contains(said.lines[0], "not locked") {
		t.Errorf("it says %q", said.lines)
	}
}

func TestBuilder_Build_AFailedSolveStampsNothing(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	w.fail = errors.New("no")
	if _, err := b.Build(t.Context(), request()); !errors.Is(err, w.fail) {
		t.Errorf("error %v, want the solver's", err)
	}
	if len(w.stamped) != 0 || len(w.known) != 0 {
		t.Error("a failed build left an image")
	}
}

func TestBuilder_Build_ARepositoryThatCannotBePlannedIsNotSolved(t *testing.T) {
	t.Parallel()
	w, b := newWorld()
	r := request()
	r.Tree.(*tree).files = fstest.MapFS{} //nolint:forcetypeassert // made above
	if _, err := b.Build(t.Context(), r); slipway.ErrorCode(err) == "" || slipway.ErrorCode(err) == slipway.CodeInternal {
		t.Errorf("error %v, want one for the user", err)
	}
	if len(w.solved) != 0 {
		t.Error("it was solved")
	}
}

func TestBuilder_Plan_NamesTheResolvedStack(t *testing.T) {
	t.Parallel()
	_, b := newWorld()
	plan, _, err := b.Plan(t.Context(), request())
	if err != nil {
		t.Fatal(err)
	}
	if plan.Stack.Build != "build@sha256:b" || plan.Version.Value != "1.26.8" || plan.Version.Want != "1.26" {
		t.Errorf("stack %+v, version %+v", plan.Stack, plan.Version)
	}
}
