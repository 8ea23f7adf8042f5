package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/moby/buildkit/client/llb"

	"github.com/slipway-ci/slipway"
)

// runSteps chains the plan's steps and gives the state of each output mount.
// A step whose root is kept is what the following ones run on.
func runSteps(in Input) (map[slipway.Output]llb.State, error) {
	images, err := buildImages(in)
	if err != nil {
		return nil, err
	}
	outputs := map[slipway.Output]llb.State{}
	roots := maps.Clone(images)
	for _, s := range in.Plan.Steps {
		exec := roots[s.In].Dir(s.Dir).Run(stepOptions(in, s)...)
		for _, m := range s.Mounts {
			state := exec.AddMount(m.Target, mountState(in, s, m, images[s.In], outputs), mountOptions(in, s, m)...)
			if m.Output {
				outputs[slipway.Output{Step: s.Name, Mount: m.Target}] = state
			}
		}
		if s.Root {
			roots[s.In] = exec.Root()
		}
	}
	return outputs, nil
}

// buildImages are the images that steps run in, by the language of the part;
// "" is the service's own.
func buildImages(in Input) (map[slipway.Language]llb.State, error) {
	own, err := stackImage(in, in.Stack.Build, "build image").WithImageConfig(in.Build)
	if err != nil {
		return nil, err
	}
	images := map[slipway.Language]llb.State{"": own}
	for _, part := range in.Stack.Parts {
		image, err := stackImage(in, part.Build, "build image").WithImageConfig(in.Parts[part.Language])
		if err != nil {
			return nil, err
		}
		images[part.Language] = image
	}
	for _, part := range in.Plan.Parts {
		if _, ok := images[part.Language]; !ok {
			return nil, fmt.Errorf("the stack %s has no build image of %s", in.Stack.Name, part.Language)
		}
	}
	return images, nil
}

// StepName is how a step of the plan appears in BuildKit's progress; solve
// recognises steps by it.
func StepName(step string) string { return "[step] " + step }

func stepOptions(in Input, s slipway.Step) []llb.RunOption {
	opts := []llb.RunOption{llb.Args(s.Args), llb.WithCustomName(StepName(s.Name))}
	env := maps.Clone(s.Env)
	if in.Plan.Stamped && s.Network == slipway.NetworkNone {
		env = withRevision(env, in.Revision)
	}
	for _, k := range slices.Sorted(maps.Keys(env)) {
		opts = append(opts, llb.AddEnv(k, env[k]))
	}
	for _, name := range s.Secrets {
		opts = append(opts, llb.AddSecretWithDest(SecretID(name), &name, llb.SecretAsEnv(true)))
	}
	if s.Network == slipway.NetworkPackages {
		opts = append(opts, Settings()...)
		if in.Git {
			opts = append(opts, gitOptions(in)...)
		}
		if !in.Created.IsZero() { // another time, another step: what it fetches is not locked
			opts = append(opts, llb.AddEnv("SLIPWAY_FETCHED", in.Created.Format(time.DateOnly)))
		}
	} else {
		opts = append(opts, llb.Network(llb.NetModeNone))
	}
	return append(opts, limitOptions(in.Limits)...)
}

// SecretID names one of the plan's secrets in the session. Its value is in no
// layer and in no cache key.
func SecretID(name string) string { return "slipway.secret." + name }

// withRevision adds what an opted-in program is stamped with. Steps that
// fetch dependencies do not get it: they would run again at every commit.
func withRevision(env map[string]string, r slipway.Revision) map[string]string {
	if env == nil {
		env = map[string]string{}
	}
	env["SLIPWAY_REVISION"], env["SLIPWAY_VERSION"] = r.String(), r.Version()
	return env
}

// cpuPeriod is the scheduler's default period in microseconds (Linux,
// kernel/sched/fair.c); a quota is given per period.
const cpuPeriod = 100_000

func limitOptions(l Limits) []llb.RunOption {
	if l == (Limits{}) {
		return nil
	}
	return []llb.RunOption{llb.WithLinuxResources(llb.LinuxResources{
		Memory:     l.Memory,
		MemorySwap: l.Memory, // the same figure: no swap on top
		CPUPeriod:  cpuPeriod,
		CPUQuota:   int64(l.CPUs * cpuPeriod),
	})}
}

func mountState(in Input, s slipway.Step, m slipway.Mount, image llb.State, outputs map[slipway.Output]llb.State) llb.State {
	switch {
	case m.Source != nil:
		return sourceState(in, m.Source, s.Name)
	case m.Run:
		return stackImage(in, in.Stack.Run, "run image")
	case m.From != nil:
		return outputs[slipway.Output{Step: m.From.Step, Mount: m.From.Mount}]
	case seeded(in, s, m):
		return image
	default:
		return llb.Scratch()
	}
}

func mountOptions(in Input, s slipway.Step, m slipway.Mount) []llb.MountOption {
	var opts []llb.MountOption
	if m.ReadOnly || m.Run {
		opts = append(opts, llb.Readonly)
	}
	switch {
	case m.From != nil && m.From.Path != "":
		opts = append(opts, llb.SourcePath(m.From.Path))
	case m.Cache != "":
		opts = append(opts, llb.AsPersistentCacheDir(scope(in)+"/"+m.Cache, sharing(m.Cache)))
		if seeded(in, s, m) {
			opts = append(opts, llb.SourcePath(m.Seed))
		}
	case m.Tmpfs:
		opts = append(opts, llb.Tmpfs())
	}
	return opts
}

// seeded tells whether a cache starts from a directory of the build image:
// not every stack has what the plan would like to start from.
func seeded(in Input, s slipway.Step, m slipway.Mount) bool {
	image, _ := in.Stack.Of(s)
	return m.Cache != "" && m.Seed != "" && slices.Contains(image.Seeds, m.Seed)
}

// CacheID names a cache mount of a Dockerfile on the daemon. It holds the
// service's name and, for strangers, that it is theirs: no service writes into
// another one's cache, and no stranger into a member's.
func CacheID(service slipway.ServiceName, trust slipway.Trust, cache string) string {
	return trusted(trust, service.String()) + "/" + cache
}

// scope is what a build shares its caches and files on the daemon within: the
// services of one team that are made of one directory of one repository, so
// that a second program of a module is compiled with what the first one left.
// Where the repository is not known it is the service alone. (Steps are found
// whatever their caches are called: a cache's name is not in BuildKit's key.)
func scope(in Input) string {
	if in.Revision.Source == "" {
		return trusted(in.Trust, in.Service.String())
	}
	sum := sha256.Sum256([]byte(in.Revision.Source + "\x00" + in.Plan.Path))
	return trusted(in.Trust, in.Service.Team+"/@"+hex.EncodeToString(sum[:16]))
}

func trusted(trust slipway.Trust, name string) string {
	if trust == slipway.TrustStranger {
		return "slipway-" + string(trust) + "/" + name
	}
	return "slipway/" + name
}

// sharing is locked unless the tool is known to keep its cache consistent
// among concurrent writers, as the go command does (`go help cache`).
func sharing(cache string) llb.CacheMountSharingMode {
	if cache == "go-build" {
		return llb.CacheMountShared
	}
	return llb.CacheMountLocked
}
