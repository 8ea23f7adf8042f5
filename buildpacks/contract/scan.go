package contract

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Limits of what is kept in memory of an entry, whatever a layer claims.
const (
	maxText    = 1 << 20 // of a file that is searched for secrets
	maxProgram = 8 << 20 // of a file that starts the image; inits have less than 1 MiB
	maxEntries = 2_000_000
)

// entry is one member of a layer's archive.
type entry struct {
	layer  int    // counted from 1
	name   string // clean, without a slash in front; "." is the root
	header *tar.Header
	head   []byte // the beginning, at most maxText; of regular files only
}

// scan reads the layers, in order: those of the run image for the files that
// start the program, those above for everything.
func (s *subject) scan(ctx context.Context) error {
	left := s.opt.MaxBytes
	for i, layer := range s.layers {
		if err := s.scanLayer(ctx, i, layer, &left); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s.contents(RuleLayers).find("push the image again; a layer must be a complete tar archive of reasonable size",
				"layer %d cannot be read to its end: %v", i+1, err)
		}
	}
	return nil
}

var errTooBig = errors.New("the layers expand to more bytes or files than a check reads")

func (s *subject) scanLayer(ctx context.Context, i int, layer v1.Layer, left *int64) error {
	r, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	bounded := &io.LimitedReader{R: r, N: *left}
	defer func() { *left = bounded.N }()
	err = walk(ctx, bounded, func(h *tar.Header, body io.Reader) error {
		return s.scanEntry(i, h, body)
	})
	if bounded.N <= 0 {
		return errTooBig
	}
	return err
}

// walk calls visit for each entry of an archive.
func walk(ctx context.Context, r io.Reader, visit func(*tar.Header, io.Reader) error) error {
	archive := tar.NewReader(r)
	for range maxEntries {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(h, archive); err != nil {
			return err
		}
	}
	return errTooBig
}

func (s *subject) scanEntry(i int, h *tar.Header, body io.Reader) error {
	e := entry{layer: i + 1, name: strings.TrimPrefix(path.Clean("/"+h.Name), "/"), header: h}
	above := i >= s.above
	keep := int64(0)
	switch {
	case h.Typeflag != tar.TypeReg:
	case s.files.want(e.name):
		keep = maxProgram
	case above:
		keep = maxText
	}
	if keep > 0 {
		raw, err := io.ReadAll(io.LimitReader(body, keep))
		if err != nil {
			return err
		}
		e.head = raw
	}
	s.files.see(e)
	e.head = e.head[:min(len(e.head), maxText)]
	if above {
		for _, look := range s.lookers() {
			look(s, e)
		}
	}
	return nil
}

// lookers are what each entry above the run image is shown to.
func (s *subject) lookers() []func(*subject, entry) {
	return []func(*subject, entry){lookShape, lookLean, lookSecrets, lookSettings, lookOwner, lookLogs}
}

// within tells whether the entry is dir or below it; dir as names are in
// entries.
func (e entry) within(dir string) bool {
	return e.name == dir || strings.HasPrefix(e.name, dir+"/")
}

// segments are the parts of the name.
func (e entry) segments() []string { return strings.Split(e.name, "/") }

func (e entry) regular() bool { return e.header.Typeflag == tar.TypeReg }

// vendored tells whether the file came with a dependency, whose authors, not
// the service's, decide what is in it.
func (e entry) vendored() bool {
	for _, part := range e.segments() {
		switch part {
		case "node_modules", "site-packages", "dist-packages", "vendor":
			return true
		}
	}
	return false
}
