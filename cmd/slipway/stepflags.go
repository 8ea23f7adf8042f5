package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/builder/solve"
)

// stepFlags bound each step of a build, whoever asks for it.
type stepFlags struct {
	memory int64 // MiB
	cpus   float64
	output int64 // MiB
}

func (f *stepFlags) register(flags *pflag.FlagSet) {
	flags.Int64Var(&f.memory, "step-memory", 0, "limit of each step's memory in MiB (0: three quarters of this machine's)")
	flags.Float64Var(&f.cpus, "step-cpus", 0, "limit of each step's processors (0: no limit)")
	flags.Int64Var(&f.output, "step-output", 64, "limit of what each step prints, in MiB (0: no limit)")
}

// limits are those of the steps, and of the time without output or progress.
func (f *stepFlags) limits(silence time.Duration) solve.Limits {
	const mib = 1 << 20
	memory := f.memory * mib
	if memory == 0 {
		memory = machineMemory() / 4 * 3
	}
	return solve.Limits{Step: compile.Limits{Memory: memory, CPUs: f.cpus}, Silence: silence, Output: f.output * mib}
}
