package jenkins

import (
	"bytes"
	"context"
	"fmt"

	"github.com/slipway-ci/slipway"
)

// external tells an External Monitor Job how a build ended. It has no
// parameters to be found by, so what a try before may have told is looked for
// by its name, which has the build's number in it.
func (s *sending) external(ctx context.Context) error {
	job, err := s.link.provision(ctx, s.build.Service, s.courier.Base)
	if err != nil {
		return err
	}
	s.run.Job = job
	name := fmt.Sprintf("#%d %s@%.8s", s.build.ID, shortRef(s.build), s.build.Commit)
	if s.run.State == slipway.RunAsked {
		there, err := s.link.named(ctx, job, name)
		if err == nil {
			return s.told(ctx, there)
		}
		if slipway.ErrorCode(err) != slipway.CodeNotFound {
			return err
		}
	}
	e, err := s.courier.Builds.Event(ctx, s.build.Event)
	if err != nil && slipway.ErrorCode(err) != slipway.CodeNotFound {
		return err
	}
	text, err := s.courier.log(ctx, s.build)
	if err != nil {
		return err
	}
	if err := s.save(ctx, slipway.RunAsked, s.run.Note); err != nil {
		return err
	}
	x := External{Log: text, Duration: s.build.Ended.Sub(s.build.Started), Name: name, Description: descriptionOf(s.build, e.Event, s.courier.Base)}
	if s.build.State != slipway.BuildSucceeded {
		x.Result = 1
	}
	err = s.link.PostExternal(ctx, job, x)
	if slipway.ErrorCode(err) == slipway.CodeNotFound {
		s.link.forget(job) // the next try makes it anew
		s.run.State = slipway.RunWaits
		return slipway.Errorf(slipway.CodeUnavailable, "the Jenkins job %s was not there", job).Because(err)
	}
	if err != nil {
		return s.unsent(err)
	}
	return s.told(ctx, Run{Result: resultOf(s.build)})
}

func (s *sending) told(ctx context.Context, r Run) error {
	s.run.Number, s.run.URL, s.run.Result = r.Number, r.URL, resultOf(s.build)
	return s.save(ctx, slipway.RunEnded, "")
}

// resultOf is what an External Monitor Job makes of a build: it knows no more
// than two results.
func resultOf(b slipway.Build) string {
	if b.State == slipway.BuildSucceeded {
		return "SUCCESS"
	}
	return "FAILURE"
}

// named looks for a run by its display name among a job's newest.
func (c *Client) named(ctx context.Context, job, name string) (Run, error) {
	path, err := jobPath(job)
	if err != nil {
		return Run{}, err
	}
	var of struct {
		Builds []struct {
			wireRun

			FullDisplayName, DisplayName string
		}
	}
	if err := c.read(ctx, path, fmt.Sprintf("builds[%s,displayName,fullDisplayName]{0,%d}", runTree, newest), &of); err != nil {
		return Run{}, err
	}
	for _, b := range of.Builds {
		if b.DisplayName == name || bytes.HasSuffix([]byte(b.FullDisplayName), []byte(" "+name)) {
			return b.run(), nil
		}
	}
	return Run{}, slipway.Errorf(slipway.CodeNotFound, "the Jenkins job %s has no run %s among its newest %d", job, name, newest)
}

// The parts of a log that are told at once. A build's page has all of it.
const (
	logHead = 256 << 10
	logTail = 768 << 10
	atOnce  = 16 // chunks that are read at once: 1 MiB at most
)

// log gives the begin and the end of a build's log, as text.
func (c *Courier) log(ctx context.Context, b slipway.Build) ([]byte, error) {
	cut := &excerpt{}
	var read slipway.Chunk
	for {
		chunks, err := c.Builds.Log(ctx, b.ID, read, atOnce)
		if err != nil {
			return nil, err
		}
		for _, chunk := range chunks {
			for line := range bytes.Lines(chunk.Data) {
				cut.add(c.Line(line))
			}
			read = slipway.Chunk{Attempt: chunk.Attempt, Number: chunk.Number}
		}
		if len(chunks) < atOnce {
			return cut.text(fmt.Sprintf("%s/builds/%d", c.Base, b.ID)), nil
		}
	}
}

// excerpt keeps the begin and the end of a text.
type excerpt struct {
	head, tail []byte
	left       int // bytes that were not kept
}

func (x *excerpt) add(line string) {
	if x.tail == nil && len(x.head)+len(line) <= logHead {
		x.head = append(x.head, line...)
		return
	}
	x.tail = append(x.tail, line...)
	if over := len(x.tail) - logTail; over > logTail { // moved in one go now and then
		x.drop(over)
	}
}

func (x *excerpt) drop(n int) {
	if i := bytes.IndexByte(x.tail[n:], '\n'); i >= 0 {
		n += i + 1
	}
	x.left += n
	x.tail = append([]byte{}, x.tail[n:]...)
}

func (x *excerpt) text(page string) []byte {
	if over := len(x.tail) - logTail; over > 0 {
		x.drop(over)
	}
	if x.left > 0 {
		x.head = fmt.Appendf(x.head, "\n[%d bytes are left out here: %s has all of it]\n\n", x.left, page)
	}
	return append(x.head, x.tail...)
}
