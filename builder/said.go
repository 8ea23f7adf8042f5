package builder

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway"
)

// bare tells of a plan whose build prints nothing: files are copied, and
// nothing is run. What was done is then said by the builder.
func bare(p slipway.Plan) bool { return len(p.Steps) == 0 && p.Dockerfile == nil }

func say(log slipway.Log, format string, args ...any) {
	log.Line(slipway.LogLine{Time: time.Now(), Text: fmt.Sprintf(format, args...)})
}

// found says what the plan was made of, and which files it copies.
func found(ctx context.Context, r Request, p slipway.Plan) error {
	say(r.Log, "%s: nothing has to be compiled", p.Language)
	for _, e := range p.Evidence {
		if e.File == "." { // nothing of one file
			say(r.Log, "%s -> %s", e.Found, e.Means)
			continue
		}
		say(r.Log, "found %s: %s -> %s", e.File, e.Found, e.Means)
	}
	for _, l := range p.Layers {
		if l.Source == nil {
			continue
		}
		copied, err := walked(ctx, r.Tree, l.Source.Include, l.Source.Exclude)
		if err != nil {
			return err
		}
		all, err := walked(ctx, r.Tree, l.Source.Include, nil)
		if err != nil {
			return err
		}
		say(r.Log, "copied to %s: %s", l.To, copied)
		if left := all.without(copied); len(left.names) > 0 {
			say(r.Log, "left out, as no site shows them: %s", left)
		}
	}
	return nil
}

// sized is a number of bytes for people.
func sized(n int64) string {
	if n < 1e3 {
		return fmt.Sprintf("%d bytes", n)
	}
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// files are some of a tree.
type files struct {
	names []string
	bytes int64
}

// mostNames is how many files are named; the others are counted.
const mostNames = 20

// String says how many there are, and which.
func (f files) String() string {
	what := fmt.Sprintf("%d files", len(f.names))
	if len(f.names) == 1 {
		what = "1 file"
	}
	names := strings.Join(f.names[:min(len(f.names), mostNames)], ", ")
	if more := len(f.names) - mostNames; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s, %s (%s)", what, sized(f.bytes), names)
}

// without gives those that the other ones are not.
func (f files) without(o files) files {
	there := make(map[string]bool, len(o.names))
	for _, name := range o.names {
		there[name] = true
	}
	return files{slices.DeleteFunc(slices.Clone(f.names), func(name string) bool { return there[name] }), f.bytes - o.bytes}
}

// walked lists the files that patterns select, as BuildKit selects them.
func walked(ctx context.Context, t Tree, include, exclude []string) (f files, err error) {
	selected, err := fsutil.NewFilterFS(t.Session(), &fsutil.FilterOpt{IncludePatterns: include, ExcludePatterns: exclude})
	if err != nil {
		return f, err
	}
	err = selected.Walk(ctx, "", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		f.names, f.bytes = append(f.names, name), f.bytes+info.Size()
		return nil
	})
	return f, err
}

// made says what came of it.
func (b *Builder) made(ctx context.Context, r Request, content string) error {
	size, err := b.Images.Size(ctx, r.Service, content)
	if err != nil {
		return err
	}
	say(r.Log, "the image has %s, compressed, the run image among it", sized(size))
	return nil
}
