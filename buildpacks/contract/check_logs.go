package contract

import (
	"regexp"
	"slices"
	"strings"
)

var (
	logVariable = regexp.MustCompile(`(?i)(^|_)LOG(S|GING)?_?(FILE|FILENAME|PATH|DIR|DIRECTORY)$`)
	logArgument = regexp.MustCompile(`^--?(log|access-?log|error-?log)[-_]?(file|filename|path|dir|directory)?=(.+)$`)
)

func checkLogs(s *subject) outcome {
	var o outcome
	const hint = "let the program log to stdout or stderr"
	for _, kv := range s.file.Config.Env {
		name, value, _ := strings.Cut(kv, "=")
		if logVariable.MatchString(name) && !isStream(value) {
			o.find(hint, "the variable %s sends the log to %s", name, value)
		}
	}
	for _, arg := range slices.Concat(s.file.Config.Entrypoint, s.file.Config.Cmd) {
		m := logArgument.FindStringSubmatch(arg)
		if m != nil && (m[2] != "" || strings.HasPrefix(m[3], "/")) && !isStream(m[3]) {
			o.find(hint, "the argument %q sends the log to a file", arg)
		}
	}
	return o
}

func isStream(target string) bool {
	return slices.Contains([]string{"", "-", "stdout", "stderr", "/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/1/fd/2"}, target)
}
