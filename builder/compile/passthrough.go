package compile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// Names under which the session serves what BuildKit's own frontend reads.
const (
	ContextName    = "context"    // the plan's context
	DockerfileName = "dockerfile" // a directory with the Dockerfile alone
	DockerfilePath = "Dockerfile" // its name there
)

// FrontendOptions are what BuildKit's Dockerfile frontend is asked for. Cache
// mounts are the service's own, whatever id the file gives them.
func FrontendOptions(in Input) map[string]string {
	d := in.Plan.Dockerfile
	opts := map[string]string{
		"filename":                          DockerfilePath,
		"platform":                          Platform,
		"build-arg:BUILDKIT_CACHE_MOUNT_NS": CacheID(in.Service, in.Trust, "dockerfile"),
	}
	for name, value := range d.Args {
		opts["build-arg:"+name] = value
	}
	if d.Target != "" {
		opts["target"] = d.Target
	}
	if in.SkipCache {
		opts["no-cache"] = ""
	}
	if l := in.Limits; l.Memory > 0 {
		opts["memory"], opts["memswap"] = strconv.FormatInt(l.Memory, 10), strconv.FormatInt(l.Memory, 10)
	}
	if quota := int64(in.Limits.CPUs * cpuPeriod); quota > 0 {
		opts["cpuperiod"], opts["cpuquota"] = strconv.Itoa(cpuPeriod), strconv.FormatInt(quota, 10)
	}
	return opts
}

// PassedThrough gives the configuration of a Dockerfile's image what every
// image of Slipway says: its labels, the variable PORT, and what slipway.yaml
// declares over the file. User, volumes and init stay the file's own: the
// contract's check says what is wrong with them. in.Stack.Run is the image
// that it stands on, zero when that is not known.
func PassedThrough(in Input, config []byte) ([]byte, error) {
	var img ocispecs.Image
	if err := json.Unmarshal(config, &img); err != nil {
		return nil, fmt.Errorf("configuration of the Dockerfile's image: %w", err)
	}
	if !in.Created.IsZero() {
		img.Created = &in.Created
	}
	plan := in.Plan
	if plan.Kind == slipway.KindWeb && plan.Port == 0 {
		plan.Port = portOf(img.Config)
	}
	if plan.Kind == slipway.KindWeb && len(img.Config.ExposedPorts) == 0 {
		img.Config.ExposedPorts = map[string]struct{}{strconv.Itoa(plan.Port) + "/tcp": {}}
	}
	img.Config.Env = contract.Environment(img.Config.Env, plan)
	if len(plan.Start) > 0 {
		img.Config.Entrypoint, img.Config.Cmd = plan.Start, nil
	}
	labels := contract.Labels(in.Service, in.Plan, in.Stack)
	if in.Stack.Run.Digest == "" {
		delete(labels, slipway.LabelBaseName)
		delete(labels, slipway.LabelBaseDigest)
	}
	if img.Config.Labels == nil {
		img.Config.Labels = map[string]string{}
	}
	maps.Copy(img.Config.Labels, labels)
	return json.Marshal(img)
}

// portOf is the port that an image is made for: its own PORT, else the lowest
// that it exposes, else the contract's.
func portOf(config ocispecs.ImageConfig) int {
	for _, kv := range slices.Backward(config.Env) {
		if value, ok := strings.CutPrefix(kv, "PORT="); ok {
			if port, err := strconv.ParseUint(value, 10, 16); err == nil && port > 0 {
				return int(port)
			}
		}
	}
	var ports []int
	for exposed := range config.ExposedPorts {
		number, protocol, _ := strings.Cut(exposed, "/")
		if port, err := strconv.ParseUint(number, 10, 16); err == nil && protocol != "udp" {
			ports = append(ports, int(port))
		}
	}
	if len(ports) == 0 {
		return contract.Port
	}
	return slices.Min(ports)
}
