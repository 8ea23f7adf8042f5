package builder_test

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"github.com/slipway-ci/slipway"
)

// synced is a tree as the file sync sends it.
type synced struct{ fstest.MapFS }

func (s synced) Open(name string) (io.ReadCloser, error) { return s.MapFS.Open(name) }

func (s synced) Walk(_ context.Context, root string, visit fs.WalkDirFunc) error {
	return fs.WalkDir(s.MapFS, "."+root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return visit(name, &fsutil.DirEntryInfo{Stat: &types.Stat{Path: name, Size: info.Size(), Mode: uint32(info.Mode())}}, nil)
	})
}

// A build in which nothing runs says what it did.
func TestBuilder_Build_SaysWhatASiteIsMadeOf(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{".gitignore": {Data: []byte("x")}, "README.md": {Data: []byte("x")}, "public/index.html": {Data: []byte("<p>")}}
	for i := range 25 {
		files["public/p"+string(rune('a'+i))+".html"] = &fstest.MapFile{Data: []byte(strings.Repeat("x", 100))}
	}
	files["public/.cache"] = &fstest.MapFile{Data: []byte("1234")}
	w, b := newWorld()
	r, said := request(), &log{}
	r.Tree, r.Log = &tree{files: files, session: synced{files}, hash: "h", revision: slipway.Revision{SHA: "0123456789abcdef"}}, said
	if _, err := b.Build(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"static: nothing has to be compiled",
		"found public/index.html: an index page -> files for a web server",
		"found public/index.html: an index page -> the directory public is served",
		"no kind declared -> a web service",
		"no health path declared -> GET / tells whether it is well",
		"copied to /app: 26 files, 2.5 kB (public/index.html, public/pa.html, public/pb.html, public/pc.html, public/pd.html, public/pe.html, public/pf.html, " +
			"public/pg.html, public/ph.html, public/pi.html, public/pj.html, public/pk.html, public/pl.html, public/pm.html, public/pn.html, public/po.html, " +
			"public/pp.html, public/pq.html, public/pr.html, public/ps.html and 6 more)",
		"left out, as no site shows them: 1 file, 4 bytes (public/.cache)",
		"the image has 9.2 MB, compressed, the run image among it",
	}
	if d := cmp.Diff(want, said.lines); d != "" {
		t.Error(d)
	}
	said.lines = nil
	if again, err := b.Build(t.Context(), r); err != nil || !again.Known || len(said.lines) != 0 || len(w.solved) != 1 {
		t.Errorf("%+v, %v, %q", again, err, said.lines)
	}
}
