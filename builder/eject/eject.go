// Package eject writes a Plan as a Dockerfile that stands alone: the way out
// of Slipway, with the same files and the same configuration. It is pure.
package eject

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// Files are what is written beside the sources.
type Files struct {
	Dockerfile   string `json:"dockerfile"`
	Dockerignore string `json:"dockerignore"`
}

// Dockerfile writes the plan. The run image's own environment is inherited,
// so only the plan's is written. The result needs BuildKit (docker build has
// it) and no frontend but the built-in one.
func Dockerfile(service slipway.ServiceName, plan slipway.Plan, stack slipway.Stack) (Files, error) {
	if err := plan.Validate(); err != nil {
		return Files{}, err
	}
	if d := plan.Dockerfile; d != nil {
		return Files{}, slipway.Errorf(slipway.CodeUsage, "%s is built by a Dockerfile already", service).
			WithHint("it is %q", d.File)
	}
	w := &writer{plan: plan, seeds: stack.Seeds}
	w.line("# The plan of %s as a Dockerfile, written by `slipway eject`. It stands alone:", service)
	w.line("# docker build -t %s .", service)
	if len(plan.SSH) > 0 {
		w.line("# Its packages come from git repositories over ssh (%s), which Slipway reads for", strings.Join(plan.SSH, ", "))
		w.line("# the steps. Here they need ssh in the build image, --mount=type=ssh, and docker build --ssh default.")
	}
	w.argument("BUILD_IMAGE", stack.Build)
	for _, part := range stack.Parts {
		w.argument(partArgument(part.Language), part.Build)
	}
	w.argument("RUN_IMAGE", stack.Run)
	if len(w.seeds) > 0 {
		w.line("\nFROM ${BUILD_IMAGE} AS %s", buildStage)
	}
	if mountsRun(plan) {
		w.line("\nFROM ${RUN_IMAGE} AS %s", runStage)
	}
	w.roots = map[slipway.Language]string{"": "${BUILD_IMAGE}"}
	for _, part := range plan.Parts {
		w.roots[part.Language] = "${" + partArgument(part.Language) + "}"
	}
	for _, s := range plan.Steps {
		w.step(service, s)
		if s.Root {
			w.roots[s.In] = s.Name
		}
	}
	w.image(contract.Config(service, plan, stack, ocispecs.ImageConfig{}))
	return Files{Dockerfile: w.b.String(), Dockerignore: w.ignore()}, nil
}

type writer struct {
	b       strings.Builder
	plan    slipway.Plan
	seeds   []string                    // directories of the build image that a cache may start from
	roots   map[slipway.Language]string // what the next step of a language runs on
	ignored []string
}

// buildStage and runStage name the images of the stack, where a mount cannot
// take an argument.
const (
	buildStage = "build-image"
	runStage   = "run-image"
)

// partArgument names the build image of a part.
func partArgument(l slipway.Language) string { return strings.ToUpper(string(l)) + "_BUILD_IMAGE" }

// mountsRun tells whether a step looks at the run image.
func mountsRun(p slipway.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s slipway.Step) bool {
		return slices.ContainsFunc(s.Mounts, func(m slipway.Mount) bool { return m.Run })
	})
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// argument names an image of the stack. One without a digest here is named by
// its tag, which may be another image tomorrow, and the file says so.
func (w *writer) argument(name string, image slipway.StackImage) {
	if image.Digest == "" {
		w.line("# %s is not pinned: its digest is not known on the machine that wrote this.", name)
		w.line("# To pin it, build once with Slipway and eject again, or write @ and the digest")
		w.line("# behind it, which `docker buildx imagetools inspect %s` prints.", image.Name)
	}
	w.line("ARG %s=%s", name, image)
}

// step is one stage: what the step leaves in its output mounts is copied
// from there.
func (w *writer) step(service slipway.ServiceName, s slipway.Step) {
	for i, m := range s.Mounts {
		if m.Source != nil {
			w.source(sourceStage(s.Name, i), *m.Source)
		}
	}
	w.line("\nFROM %s AS %s", w.roots[s.In], s.Name)
	for _, m := range s.Mounts {
		if m.Output {
			w.line("WORKDIR %s", m.Target)
		}
	}
	for i, m := range s.Mounts {
		if from, dir := given(s, i); from != "" && holdsOutput(s, m) {
			w.line("COPY --from=%s %s %s/", from, dir, m.Target)
		}
	}
	w.line("WORKDIR %s", s.Dir)
	args := w.environment(s)
	w.b.WriteString("RUN ")
	if s.Network == slipway.NetworkNone {
		w.b.WriteString("--network=none ")
	}
	for i, m := range s.Mounts {
		if holdsOutput(s, m) {
			continue
		}
		if text := w.mount(service, s.Name, i, m); text != "" {
			w.b.WriteString(text + " \\\n    ")
		}
	}
	for _, name := range s.Secrets {
		w.b.WriteString("--mount=type=secret,id=" + name + ",env=" + name + " \\\n    ")
	}
	w.line("%s", execForm(args))
}

// environment writes a step's variables, and gives its command with those
// before it that have several lines: ENV has no way to write them, the exec
// form of RUN has.
func (w *writer) environment(s slipway.Step) []string {
	var long []string
	for _, k := range slices.Sorted(maps.Keys(s.Env)) {
		if v := s.Env[k]; strings.Contains(v, "\n") {
			long = append(long, k+"="+v)
		} else {
			w.line("ENV %s=%s", k, quote(v))
		}
	}
	if len(long) == 0 {
		return s.Args
	}
	return slices.Concat([]string{"/usr/bin/env"}, long, s.Args)
}

// holdsOutput tells whether a directory that a step is given lies above one
// of which something is kept: a mount would hide that one, and take it away
// with itself. Such a directory is copied.
func holdsOutput(s slipway.Step, m slipway.Mount) bool {
	return (m.Source != nil || m.From != nil) && slices.ContainsFunc(s.Mounts, func(o slipway.Mount) bool {
		return o.Output && strings.HasPrefix(o.Target, strings.TrimSuffix(m.Target, "/")+"/")
	})
}

// given is the stage, and the directory of it, that a mount of a step shows;
// "" for a mount that shows neither sources nor another step's output.
func given(s slipway.Step, i int) (stage, dir string) {
	switch m := s.Mounts[i]; {
	case m.Source != nil:
		return sourceStage(s.Name, i), "/"
	case m.From != nil:
		return m.From.Step, path.Join(m.From.Mount, m.From.Path) + "/"
	default:
		return "", ""
	}
}

func (w *writer) mount(service slipway.ServiceName, step string, i int, m slipway.Mount) string {
	writable := ",rw"
	if m.ReadOnly {
		writable = ""
	}
	switch {
	case m.Source != nil:
		return fmt.Sprintf("--mount=type=bind,from=%s,target=%s%s", sourceStage(step, i), m.Target, writable)
	case m.From != nil:
		return fmt.Sprintf("--mount=type=bind,from=%s,source=%s,target=%s%s", m.From.Step, path.Join(m.From.Mount, m.From.Path), m.Target, writable)
	case m.Cache != "":
		seed := ""
		if slices.Contains(w.seeds, m.Seed) {
			seed = fmt.Sprintf(",from=%s,source=%s", buildStage, m.Seed)
		}
		return fmt.Sprintf("--mount=type=cache,id=%s,target=%s,sharing=locked%s", service.Team+"-"+service.Name+"-"+m.Cache, m.Target, seed)
	case m.Tmpfs:
		return "--mount=type=tmpfs,target=" + m.Target
	case m.Run:
		return "--mount=type=bind,from=" + runStage + ",target=" + m.Target
	default:
		return ""
	}
}

func sourceStage(step string, i int) string { return fmt.Sprintf("source-%s-%d", step, i) }

// source is a stage with the selected files of the build context.
func (w *writer) source(stage string, s slipway.Source) {
	w.line("\nFROM scratch AS %s", stage)
	if len(s.Include) == 0 {
		w.line("COPY . /")
		w.ignored = append(w.ignored, slices.DeleteFunc(slices.Clone(s.Exclude), w.included)...)
		return
	}
	for _, p := range s.Include { // with --parents a directory comes as one, not as what is in it
		w.line("COPY --parents %s", execForm([]string{optional(p), "/"}))
	}
}

// included tells whether a step wants what another one leaves out: the one
// build context has it then.
func (w *writer) included(name string) bool {
	return slices.ContainsFunc(w.plan.Steps, func(s slipway.Step) bool {
		return slices.ContainsFunc(s.Mounts, func(m slipway.Mount) bool { return m.Source != nil && slices.Contains(m.Source.Include, name) })
	})
}

// optional makes a pattern that matches this one file: COPY takes a pattern
// without a match, and refuses a name without a file.
func optional(name string) string {
	if strings.ContainsAny(name, "*?[") {
		return name
	}
	last := len(name) - 1
	return name[:last] + "[" + name[last:] + "]"
}

func (w *writer) image(c ocispecs.ImageConfig) {
	w.line("\nFROM ${RUN_IMAGE}")
	for _, l := range w.plan.Layers {
		w.layer(l)
	}
	for _, kv := range c.Env {
		k, v, _ := strings.Cut(kv, "=")
		if strings.Contains(v, "\n") {
			w.line("# %s has several lines, which ENV cannot hold: give it to the container.", k)
			continue
		}
		w.line("ENV %s=%s", k, quote(v))
	}
	for _, p := range slices.Sorted(maps.Keys(c.ExposedPorts)) {
		w.line("EXPOSE %s", p)
	}
	w.line("VOLUME %s", execForm(slices.Sorted(maps.Keys(c.Volumes))))
	for _, k := range slices.Sorted(maps.Keys(c.Labels)) {
		if c.Labels[k] == "" { // the digest of a run image that is not pinned
			continue
		}
		w.line("LABEL %s=%s", k, quote(c.Labels[k]))
	}
	w.line("WORKDIR %s", c.WorkingDir)
	w.line("USER %s", c.User)
	w.line("STOPSIGNAL %s", c.StopSignal)
	w.line("ENTRYPOINT %s", execForm(c.Entrypoint))
}

// layer copies what a step left, or files of the build context without those
// that the image must not have: its .dockerignore cannot leave them out where
// a step wants them.
func (w *writer) layer(l slipway.Layer) {
	const owned = "--chown=0:0 --chmod=u=rwX,go=rX "
	to := strings.TrimSuffix(l.To, "/") + "/"
	if l.From != nil {
		w.line("COPY --link --from=%s %s%s %s", l.From.Step, owned, path.Join(l.From.Mount, l.From.Path)+"/", to)
		return
	}
	var without strings.Builder
	for _, p := range l.Source.Exclude {
		without.WriteString("--exclude=" + word(p) + " ")
	}
	if len(l.Source.Include) == 0 {
		w.line("COPY --link %s%s./ %s", without.String(), owned, to)
	}
	for _, p := range l.Source.Include {
		w.line("COPY --link --parents %s%s%s", without.String(), owned, execForm([]string{optional(p), to}))
	}
}

// word is a flag's value as Docker reads it: in quotes where it would end or
// be expanded otherwise.
func word(s string) string {
	if !strings.ContainsAny(s, " \t\"'\\$") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(s) + `"`
}

// ignore is the .dockerignore: what no step wants, and the files of the way
// out themselves.
func (w *writer) ignore() string {
	all := append([]string{"Dockerfile", ".dockerignore", ".git"}, w.ignored...)
	return strings.Join(slices.Compact(all), "\n") + "\n"
}

// execForm is a JSON list, which Docker runs without a shell.
func execForm(args []string) string {
	b, err := json.Marshal(args)
	if err != nil { // a list of strings always marshals
		return "[]"
	}
	return string(b)
}

// quote writes a value for ENV and LABEL: double quotes, in which Docker
// still expands $ and \.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(s) + `"`
}
