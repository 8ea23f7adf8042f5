package repo_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestProcfile(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"Procfile":        {Data: []byte("# processes\r\nweb: gunicorn app:app --bind 0.0.0.0:$PORT\r\n\r\nworker:celery -A jobs worker\r\n")},
		"broken/Procfile": {Data: []byte("web: a\nnothing here\n")},
	}
	got, err := repo.Procfile(repo.Service{Tree: tree, Dir: "."})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]repo.ProcLine{
		"web":    {Command: "gunicorn app:app --bind 0.0.0.0:$PORT", Line: 2},
		"worker": {Command: "celery -A jobs worker", Line: 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := repo.Procfile(repo.Service{Tree: tree, Dir: "broken"}); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("a line without a name: %v", err)
	}
	if none, err := repo.Procfile(repo.Service{Tree: tree, Dir: "none"}); err != nil || none != nil {
		t.Errorf("without a Procfile: %v, %v", none, err)
	}
}

func FuzzProcfile(f *testing.F) {
	f.Add("web: x\n")
	f.Add("\xef\xbb\xbfweb:x\r\n# c\nrelease: a: b")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := repo.Procfile(repo.Service{Tree: fstest.MapFS{"Procfile": {Data: []byte(text)}}, Dir: "."})
		if err != nil && lines != nil {
			t.Error("both lines and an error")
		}
		for name, line := range lines {
			if name == "" || line.Command == "" || line.Line < 1 {
				t.Errorf("%q: %+v", name, line)
			}
		}
	})
}
