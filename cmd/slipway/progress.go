package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
)

// progress writes a build's log for a person, line by line; on a terminal
// the steps' own output is dimmed, and a step that runs is counted.
type progress struct {
	w     io.Writer
	fancy bool
	start time.Time
	file  io.Writer // the whole log, kept; may be nil
}

func (a *app) progress(file io.Writer) *progress {
	return &progress{w: a.err, fancy: isTerminal(a.err), start: time.Now(), file: file}
}

// Line implements slipway.Log.
func (p *progress) Line(l slipway.LogLine) {
	if p.file != nil {
		fmt.Fprintf(p.file, "%s %s | %s\n", l.Time.UTC().Format(time.RFC3339Nano), l.Step, l.Text)
	}
	if l.Request {
		return // the file has it
	}
	text := printable(l.Text)
	if p.fancy {
		text = "\x1b[2m" + text + "\x1b[0m"
	}
	fmt.Fprintf(p.w, "  %-8s | %s\n", l.Step, text)
}

// Event implements slipway.Log. Plumbing is only shown when it took long
// enough that a person would wonder.
func (p *progress) Event(e slipway.StepEvent) {
	const wonder = 2 * time.Second
	done := !e.Ended.IsZero()
	took := e.Ended.Sub(e.Started)
	switch {
	case e.Internal && (!done || took < wonder):
		return
	case !done:
		p.say("%s …", e.Step)
	case e.Error != "":
		p.say("%s: failed after %s", e.Step, seconds(took))
	case e.Cached:
		p.say("%s: cached", e.Step)
	default:
		p.say("%s: %s", e.Step, seconds(took))
	}
}

// say writes a line of Slipway's own.
func (p *progress) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.file != nil {
		fmt.Fprintf(p.file, "%s slipway | %s\n", time.Now().UTC().Format(time.RFC3339Nano), text)
	}
	fmt.Fprintf(p.w, "[%5.1fs] %s\n", time.Since(p.start).Seconds(), printable(text))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }

// isTerminal asks the kernel whether w is one.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
