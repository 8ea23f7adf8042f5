package compile

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/slipway-ci/slipway"
)

// baseOf follows the target stage, else the last, down to an image.
func baseOf(stages []instructions.Stage, args []instructions.ArgCommand, d slipway.Dockerfile) (string, error) {
	i := len(stages) - 1
	if d.Target != "" {
		if i = stageNamed(stages, d.Target); i < 0 {
			return "", slipway.Errorf(slipway.CodeNotFound, "%s has no stage %q", d.File, d.Target).
				WithClass(slipway.ClassCode).WithHint("`target:` in slipway.yaml names one of its stages").WithDetails(names(stages)...)
		}
	}
	values := variables(args, d.Args)
	for i >= 0 {
		name, _, err := shell.NewLex('\\').ProcessWord(stages[i].BaseName, values)
		if err != nil || name == "scratch" {
			return "", nil //nolint:nilerr // BuildKit says what is wrong with the word
		}
		if i = stageNamed(stages[:i], name); i < 0 {
			return name, nil
		}
	}
	return "", nil
}

func stageNamed(stages []instructions.Stage, name string) int {
	for i, s := range slices.Backward(stages) {
		if strings.EqualFold(s.Name, name) {
			return i
		}
	}
	return -1
}

func names(stages []instructions.Stage) []string {
	var named []string
	for _, s := range stages {
		if s.Name != "" {
			named = append(named, "stage "+s.Name)
		}
	}
	return named
}

// variables are those that stand before the first stage, which FROM may use.
func variables(args []instructions.ArgCommand, given map[string]string) shell.EnvGetter {
	var env []string
	for _, a := range args {
		for _, kv := range a.Args {
			value, ok := given[kv.Key]
			if !ok && kv.Value != nil {
				value, _, _ = shell.NewLex('\\').ProcessWord(*kv.Value, shell.EnvsFromSlice(env))
			}
			env = append(env, kv.Key+"="+value)
		}
	}
	return shell.EnvsFromSlice(env)
}
