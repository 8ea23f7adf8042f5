package api

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// mostOnPage is how many bytes of a log a page shows: browsers become slow
// with more.
const mostOnPage = 4 << 20

// showBuildPage shows a build: what is known at once, its log as it comes, and
// then how it ended. The page ends with the build.
func (s *server) showBuildPage(r *request) (any, error) {
	to := &pageSink{out: s.outlet(r)}
	return nil, s.streaming(r, func() error {
		r.c.Header("Content-Type", "text/html; charset=utf-8")
		r.c.Header("Content-Security-Policy", pagePolicy)
		r.c.Header("X-Accel-Buffering", "no") // proxies of nginx' kind would keep it back
		if err := s.part(to, "build", s.begun(r)); err != nil {
			return err
		}
		b, err := s.watch(r.ctx(), r.build.ID, slipway.Chunk{}, to)
		if err != nil { // the server stops, or the token counts no more: a reader must not take that for the log's end
			return errors.Join(err, s.part(to, "cut", r.build))
		}
		return s.part(to, "built", struct {
			Build slipway.Build
			News  bool // the page began before the build ended
			Left  string
		}{b, !r.build.State.Ended(), to.left()})
	})
}

// begun is what a build's page begins with.
type begun struct {
	slipway.Build
	Waits slipway.Waiting // zero when it does not, or when nobody knows
}

// begun tells the place of a build that waits, as it is now.
func (s *server) begun(r *request) begun {
	b := begun{Build: r.build}
	if s.Queue == nil || r.build.State != slipway.BuildQueued {
		return b
	}
	all, err := s.Queue.Queue(r.ctx())
	if err != nil {
		return b // the page is worth showing without
	}
	if i := slices.IndexFunc(all, func(w slipway.Waiting) bool { return w.Build == r.build.ID }); i >= 0 {
		b.Waits = all[i]
		b.Waits.Estimate = all[i].Estimate.Round(time.Second)
	}
	return b
}

func (s *server) part(to *pageSink, name string, data any) error {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	return to.out.write(b.Bytes())
}

// pageSink writes a log's lines into a page, as far as they have room there.
type pageSink struct {
	out     outlet
	text    textSink
	written int
	cut     int
}

func (p *pageSink) chunk(c slipway.Chunk) error {
	text := p.text.lines(c)
	room := max(0, mostOnPage-p.written)
	if len(text) > room { // whole lines
		shown := text[:bytes.LastIndexByte(text[:room], '\n')+1]
		p.cut += len(text) - len(shown)
		text = shown
	}
	p.written += len(text)
	if len(text) == 0 {
		return nil
	}
	var b bytes.Buffer
	template.HTMLEscape(&b, text)
	return p.out.write(b.Bytes())
}

func (p *pageSink) left() string {
	if p.cut == 0 {
		return ""
	}
	return fmt.Sprintf("%d bytes more are in the log as text.", p.cut)
}

func (p *pageSink) state(slipway.Build) error { return nil }
func (p *pageSink) beat() error               { return p.out.allowed() }
