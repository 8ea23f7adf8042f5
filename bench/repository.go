package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// generate makes a bare repository of n text files of 0.2 to 3.2 kB in n/10
// directories, and commits that each change one of them. It gives the ids of
// all commits, the first without a change.
func generate(ctx context.Context, dir string, n, changes int) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if _, _, err := git(dir, "init", "-q", "--bare", "-b", "main").run(ctx); err != nil {
		return nil, err
	}
	var stream strings.Builder
	for c := range changes + 1 {
		fmt.Fprintf(&stream, "commit refs/heads/main\nmark :%d\ncommitter bench <bench@example.com> %d +0000\ndata 1\nx\n", c+1, 1_700_000_000+c)
		if c > 0 {
			putFile(&stream, 0, fmt.Sprintf("changed %d\n", c))
			continue
		}
		for i := range n {
			putFile(&stream, i, text(i))
		}
	}
	c := git(dir, "fast-import", "--quiet", "--export-marks=marks")
	c.stdin = []byte(stream.String())
	if _, _, err := c.run(ctx); err != nil {
		return nil, err
	}
	return readMarks(filepath.Join(dir, "marks"), changes+1)
}

func putFile(stream *strings.Builder, i int, text string) {
	fmt.Fprintf(stream, "M 100644 inline %s\ndata %d\n%s\n", generatedPath(i), len(text), text)
}

func generatedPath(i int) string { return fmt.Sprintf("d%d/e%d/f%d.txt", i/1000, i/10, i) }

// text is the same for the same number, and does not compress to nothing.
func text(i int) string {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	b := make([]byte, 200+i%3000)
	for k := range b {
		b[k] = "abcdefghijklmnopqrstuvwxyz \n"[r.IntN(28)]
	}
	return string(b)
}

func readMarks(path string, n int) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ids := make([]string, n)
	for line := range strings.Lines(string(b)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil || mark < 1 || mark > n {
			return nil, fmt.Errorf("git fast-import wrote the mark %q", line)
		}
		ids[mark-1] = id
	}
	return ids, nil
}
