package contract

import (
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// command takes the configuration's command apart: the init in front, ""
// when there is none, and what it starts.
func command(config v1.Config) (init string, start []string) {
	args := slices.Concat(config.Entrypoint, config.Cmd)
	if len(args) == 0 || !isInit(args[0]) {
		return "", args
	}
	start = args[1:]
	for len(start) > 0 && strings.HasPrefix(start[0], "-") {
		option := start[0]
		start = start[1:]
		if option == "--" {
			break
		}
	}
	return args[0], start
}

// isInit knows the small inits by name; a stack may name its own.
func isInit(program string) bool {
	return slices.Contains([]string{"slipway-init", "tini", "tini-static", "dumb-init", "catatonit", "docker-init"}, path.Base(program))
}

func isShell(program string) bool {
	return slices.Contains([]string{"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"}, path.Base(program))
}

func checkStart(s *subject) outcome {
	var o outcome
	init, start := s.command()
	if len(start) == 0 {
		o.find(`write it in exec form: ENTRYPOINT ["/app/program"]`, "the image starts nothing")
		return o
	}
	if isShell(start[0]) && !stepsAside(start) {
		o.find("start the program itself, in exec form, or let the shell's last command be `exec PROGRAM`; a shell in front swallows signals", "the image starts %q, a shell", strings.Join(start, " "))
	}
	if p, ok := s.files.find(start[0]); ok && !isShell(start[0]) && isShell(strings.TrimSuffix(firstWord(p.interpreter), "/env")) {
		o.find("start the program itself, in exec form; a shell in front swallows signals", "%s is a script of %s", start[0], firstWord(p.interpreter))
	}
	if stop := s.file.Config.StopSignal; stop != "" && stop != "SIGTERM" && stop != "15" {
		o.find("remove STOPSIGNAL", "the image wants to be stopped with %s instead of SIGTERM", stop)
	}
	s.checkInit(&o, init)
	return o
}

// command is the image's, with the stack's init known as one.
func (s *subject) command() (init string, start []string) {
	init, start = command(s.file.Config)
	if s.opt.Stack == nil || s.opt.Stack.Init == "" || init != "" || len(start) == 0 || start[0] != s.opt.Stack.Init {
		return init, start
	}
	init, start = start[0], start[1:]
	if len(start) > 0 && start[0] == "--" {
		start = start[1:]
	}
	return init, start
}

func (s *subject) checkInit(o *outcome, init string) {
	const hint = "put the run image's static init in front of the program"
	if init == "" {
		if s.opt.Stack != nil && s.opt.Stack.Init == "" {
			o.note("the stack %s has no init; the program must answer SIGTERM as process 1", s.opt.Stack.Name)
			return
		}
		o.find(hint, "no init stands in front of the program, which as process 1 ignores signals that it does not handle")
		return
	}
	if s.opt.Stack != nil && s.opt.Stack.Init != "" && init != s.opt.Stack.Init {
		o.find(hint, "the init is %s, the stack's is %s", init, s.opt.Stack.Init)
	}
	p, ok := s.files.find(init)
	switch {
	case !ok:
		o.find(hint, "the init %s is not in the image", init)
	case p.link != "" || p.tooBig:
		o.note("whether %s is static could not be seen", init)
	case !p.static:
		o.find(hint, "the init %s is not a static program", init)
	}
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return word
}
