package solve

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

func TestBelow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"services/cart/Dockerfile", "services/cart/src/main.c", "services/cart2/secret", "top"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := fsutil.NewFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree := below(whole, "services/cart")
	var names []string
	if err := tree.Walk(t.Context(), "", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if stat, ok := info.Sys().(*types.Stat); !ok || stat.Path != name {
			t.Errorf("%s has the record %+v", name, info.Sys())
		}
		names = append(names, name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Dockerfile", "src", "src/main.c"}; !slices.Equal(names, want) {
		t.Errorf("it has %q, want %q", names, want)
	}
	f, err := tree.Open("src/main.c")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "services/cart/src/main.c" {
		t.Errorf("the file has %q, %v", got, err)
	}
	for _, outside := range []string{"../../top", "../cart2/secret", "/../../top"} {
		if f, err := tree.Open(outside); err == nil {
			_ = f.Close()
			t.Errorf("%s is opened", outside)
		}
	}
}
