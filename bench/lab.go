package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/slipway-ci/slipway"
)

// lab is where everything is measured: programs, directories, and the engines
// while they run.
type lab struct {
	options
	report *report
	goEnv  string // file of the go command's settings that are not its defaults
	work   string // emptied at the start and at the end
	lock   *os.File
	up     *engines // of the main data directory; nil while stopped
}

func openLab(ctx context.Context, o options, out io.Writer) (l *lab, err error) {
	l = &lab{options: o, report: &report{out: out}, work: filepath.Join(o.dir, "work")}
	if err := l.own(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if err := errors.Join(os.RemoveAll(l.work), os.MkdirAll(l.work, 0o700), l.forgetRecord()); err != nil {
		return l, err
	}
	l.report.say("everything is kept below %s; remove it to start from nothing", o.dir)
	if err := l.tools(ctx); err != nil {
		return l, err
	}
	l.report.say("stack images (minutes the first time)")
	if _, _, err := l.slipway("stack", "build").run(ctx); err != nil {
		return l, err
	}
	if l.goEnv, err = l.writeGoEnv(ctx); err != nil {
		return l, err
	}
	return l, l.fsync()
}

// forgetRecord begins with an empty record: the repositories that an earlier
// run connected are gone.
func (l *lab) forgetRecord() error {
	files, err := filepath.Glob(filepath.Join(l.data(), "record.db*"))
	for _, f := range append(files, filepath.Join(l.data(), "queue")) {
		err = errors.Join(err, os.RemoveAll(f))
	}
	return err
}

// own keeps a second bench out of the directory: it would empty the work of
// the first.
func (l *lab) own() error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(l.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("another bench works in %s: %w", l.dir, err), f.Close())
	}
	l.lock = f
	return nil
}

func (l *lab) close() error {
	return errors.Join(l.stop(), os.RemoveAll(l.work), l.lock.Close())
}

func (l *lab) data() string            { return filepath.Join(l.dir, "data") }
func (l *lab) bin(name string) string  { return filepath.Join(l.root, "bin", name) }
func (l *lab) tool(name string) string { return filepath.Join(l.dir, "bin", name) }

// slipway is a call of the program in the main data directory.
func (l *lab) slipway(args ...string) command { return l.slipwayIn(l.data(), args...) }

func (l *lab) slipwayIn(data string, args ...string) command {
	return command{
		args: append([]string{l.bin("slipway"), "--data", data}, args...),
		env:  []string{"SLIPWAY_BUILDKITD=" + l.bin("buildkitd"), "SLIPWAY_PROFILE=assembled"},
	}
}

// stackOf is the stack that Slipway takes for a service.
func (l *lab) stackOf(ctx context.Context, s service) (slipway.Stack, error) {
	plan, err := l.plan(ctx, s.dir, s.image())
	if err != nil {
		return slipway.Stack{}, err
	}
	out, _, err := l.slipway("stack", "ls", "--output", "json").run(ctx)
	if err != nil {
		return slipway.Stack{}, err
	}
	var all []slipway.Stack
	if err := json.Unmarshal(out, &all); err != nil {
		return slipway.Stack{}, fmt.Errorf("the list of stacks: %w", err)
	}
	for _, stack := range all {
		if stack.Build.String() == plan.Stack.Build && stack.Run.String() == plan.Stack.Run {
			return stack, nil
		}
	}
	return slipway.Stack{}, fmt.Errorf("the stack %s is in the plan and not in the list of stacks", plan.Stack.Name)
}

func (l *lab) plan(ctx context.Context, dir, service string) (slipway.Plan, error) {
	var plan slipway.Plan
	out, _, err := l.slipway("plan", dir, "--service", service, "--output", "json").run(ctx)
	if err != nil {
		return plan, err
	}
	if err := json.Unmarshal(out, &plan); err != nil {
		return plan, fmt.Errorf("the plan of %s: %w", dir, err)
	}
	return plan, nil
}
