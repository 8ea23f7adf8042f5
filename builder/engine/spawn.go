package engine

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/slipway-ci/slipway"
)

// searchPath is where the daemon looks for runc, git and mount helpers.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// namespaces are what the child gets of its own.
func (c *Config) namespaces() uintptr {
	flags := uintptr(syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC)
	if !c.HostNetwork {
		flags |= syscall.CLONE_NEWNET
	}
	if c.Rootless {
		flags |= syscall.CLONE_NEWUSER
	}
	return flags
}

// spawn starts init in new namespaces, has it start the daemon, and serves the
// gate at the socket that comes back.
func (e *Engine) spawn() error {
	ours, theirs, err := controlPair()
	if err != nil {
		return e.unsealed(err)
	}
	defer func() { _ = theirs.Close() }()
	e.control = ours
	e.command = e.initCommand(theirs)
	if err := e.command.Start(); err != nil {
		_ = ours.conn.Close() // nothing has been said over it
		return e.unsealed(err)
	}
	if err := e.instruct(); err != nil {
		_ = ours.conn.Close()        // init ends itself on this
		_ = e.command.Process.Kill() // and if not, on this
		_ = e.command.Wait()         // the reason is err
		return e.unsealed(err)
	}
	return nil
}

func (e *Engine) initCommand(control *os.File) *exec.Cmd {
	self := e.config.Self
	command := exec.Command(self[0], self[1:]...) //nolint:noctx // our own program; it outlives Start's context
	command.Env = []string{"PATH=" + searchPath}
	command.Dir = "/"
	command.Stdout, command.Stderr = e.log, e.log
	command.ExtraFiles = []*os.File{control}
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: e.config.namespaces(), Setsid: true}
	return command
}

// instruct gives init its order and takes the socket for the gate.
func (e *Engine) instruct() error {
	if err := e.mapIDs(); err != nil {
		return err
	}
	o := order{
		Argv: []string{e.config.Buildkitd, "--config", e.config.configFile()},
		Env:  e.config.daemonEnv(searchPath, e.gate.url()),
		Runc: e.config.runcState(),
	}
	if !e.config.HostNetwork {
		o.Listen = gateInside
	}
	if err := e.control.send(o, nil); err != nil {
		return err
	}
	var answer report
	file, err := e.control.receive(&answer)
	if err != nil {
		return err
	}
	if answer.Problem != "" {
		return problem(answer.Problem)
	}
	if file == nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	listener, err := net.FileListener(file)
	if err != nil {
		return err
	}
	e.gate.serve(listener)
	return nil
}

// mapIDs gives a user namespace its users.
func (e *Engine) mapIDs() error {
	if !e.config.Rootless {
		return nil
	}
	maps, err := newIDMaps()
	if err != nil {
		return err
	}
	if err := maps.apply(e.command.Process.Pid); err != nil {
		return err
	}
	return e.control.send(order{Again: true}, nil)
}

// problem is what init reported.
type problem string

func (p problem) Error() string { return string(p) }

// unsealed is the refusal to run without the namespaces.
func (e *Engine) unsealed(err error) error {
	if told, ok := errors.AsType[*slipway.Error](err); ok {
		return told
	}
	refusal := slipway.Errorf(slipway.CodeUnavailable, "the build engine's own namespaces cannot be made, and build steps are not run without them").
		WithClass(slipway.ClassPlatform).Because(err)
	if hint := userNamespaceHint(); e.config.Rootless && hint != "" {
		return refusal.WithHint("%s", hint)
	}
	return refusal.WithHint("`slipway doctor` says how to allow them; where only the network namespace is refused, --allow-host-network lets build steps reach the host's network")
}
