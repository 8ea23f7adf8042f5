package contract

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
)

// layerPrefix begins the created_by of every history entry that Slipway
// writes, so that its layers can be counted where the run image is not at
// hand.
const layerPrefix = "slipway layer "

// LayerComment is the created_by of a layer in the image's history.
func LayerComment(l slipway.Layer) string {
	return layerPrefix + string(l.Role) + " " + l.To
}

// Config is the configuration of a content image of the plan: the run
// image's environment (base) and nothing else of it, so that labels, volumes
// and commands of whoever made the run image do not leak through. Created,
// revision, version and source are the stamp's to add. The same arguments
// give the same value, lists in the same order.
func Config(service slipway.ServiceName, plan slipway.Plan, stack slipway.Stack, base ocispecs.ImageConfig) ocispecs.ImageConfig {
	c := ocispecs.ImageConfig{
		User:       User,
		Env:        Environment(base.Env, withHome(plan, base.Env)),
		Entrypoint: entrypoint(plan.Start, stack.Init),
		Volumes:    volumes(plan),
		WorkingDir: workingDir(plan.Dir),
		Labels:     Labels(service, plan, stack),
		StopSignal: "SIGTERM",
	}
	if plan.Kind == slipway.KindWeb {
		c.ExposedPorts = map[string]struct{}{strconv.Itoa(port(plan)) + "/tcp": {}}
	}
	return c
}

// withHome gives the plan's program a home that it may write to, unless it has
// one: what keeps a cache there (fontconfig, Matplotlib, Hugging Face, npm)
// would take "/" for any user that the image does not know, and fail.
func withHome(plan slipway.Plan, base []string) slipway.Plan {
	if _, set := plan.Env["HOME"]; set || slices.ContainsFunc(base, func(kv string) bool { return strings.HasPrefix(kv, "HOME=") }) {
		return plan
	}
	env := map[string]string{"HOME": "/tmp"}
	maps.Copy(env, plan.Env)
	plan.Env = env
	return plan
}

// entrypoint puts the init in front: as process 1 a program without signal
// handlers would not even notice SIGTERM. "--" ends the init's own options
// (tini's manual).
func entrypoint(start []string, init string) []string {
	if init == "" {
		return slices.Clone(start)
	}
	return append([]string{init, "--"}, start...)
}

// Environment lays the plan's variables over the run image's, in the run
// image's order, new ones sorted behind.
func Environment(base []string, plan slipway.Plan) []string {
	over := maps.Clone(plan.Env)
	if over == nil {
		over = map[string]string{}
	}
	if _, set := over["PORT"]; !set && plan.Kind == slipway.KindWeb {
		over["PORT"] = strconv.Itoa(port(plan))
	}
	env := make([]string, 0, len(base)+len(over))
	for _, kv := range base {
		name, _, _ := strings.Cut(kv, "=")
		if value, ok := over[name]; ok {
			kv = name + "=" + value
			delete(over, name)
		}
		env = append(env, kv)
	}
	for _, name := range slices.Sorted(maps.Keys(over)) {
		env = append(env, name+"="+over[name])
	}
	return env
}

func volumes(plan slipway.Plan) map[string]struct{} {
	v := map[string]struct{}{"/tmp": {}}
	for _, w := range plan.Writable {
		if !path.IsAbs(w) {
			w = path.Join(workingDir(plan.Dir), w)
		}
		v[path.Clean(w)] = struct{}{}
	}
	return v
}

// Labels are those of a content image of the plan.
func Labels(service slipway.ServiceName, plan slipway.Plan, stack slipway.Stack) map[string]string {
	l := map[string]string{
		slipway.LabelTitle:      service.Name,
		slipway.LabelBaseName:   stack.Run.Name,
		slipway.LabelBaseDigest: stack.Run.Digest,
		slipway.LabelService:    service.String(),
		slipway.LabelKind:       string(plan.Kind),
		slipway.LabelStack:      stack.Name,
		slipway.LabelPlan:       plan.Digest(),
		slipway.LabelContract:   slipway.ContractVersion,
	}
	if plan.Health != "" {
		l[slipway.LabelHealth] = plan.Health
	}
	if len(plan.HealthCommand) > 0 {
		l[slipway.LabelHealth] = execForm(plan.HealthCommand)
	}
	if len(plan.Release) > 0 {
		l[slipway.LabelRelease] = execForm(plan.Release)
	}
	return l
}

// execForm is a command as JSON, as Dockerfiles write it.
func execForm(args []string) string {
	b, err := json.Marshal(args)
	if err != nil { // a list of strings always marshals
		return "[]"
	}
	return string(b)
}

func port(plan slipway.Plan) int {
	if plan.Port != 0 {
		return plan.Port
	}
	return Port
}

func workingDir(dir string) string {
	if dir == "" {
		return Dir
	}
	return dir
}
