package compile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

const digest = "@sha256:0123456789012345678901234567890123456789012345678901234567890123"

func input() compile.Input {
	stackImage := func(name string) slipway.StackImage {
		return slipway.StackImage{Name: "slipway.internal/stacks/" + name, Digest: strings.TrimPrefix(digest, "@")}
	}
	return compile.Input{
		Service: slipway.ServiceName{Team: "shop", Name: "cart"},
		Session: "session-1",
		Build:   []byte(`{"config":{"Env":["PATH=/usr/local/go/bin:/bin"]}}`),
		Run:     []byte(`{"config":{"Env":["PATH=/bin"]},"history":[{"created_by":"base"}]}`),
		Stack:   slipway.Stack{Name: "go-1", Build: stackImage("go:1"), Run: stackImage("static:1"), Init: "/sbin/init", Seeds: []string{"/usr/local/go-cache"}},
		Limits:  compile.Limits{Memory: 1 << 30, CPUs: 1.5},
		Plan: slipway.Plan{
			Service: "cart", Language: slipway.LanguageGo, Kind: slipway.KindWeb, Start: []string{"/app/cart"}, Dir: "/app",
			Steps: []slipway.Step{
				{
					Name: "deps", Args: []string{"go", "mod", "download"}, Dir: "/src", Network: slipway.NetworkPackages,
					Env: map[string]string{"B": "2", "A": "1"},
					Mounts: []slipway.Mount{
						{Target: "/src", Source: &slipway.Source{Include: []string{"go.mod"}}, ReadOnly: true},
						{Target: "/go/pkg/mod", Output: true},
					},
				},
				{
					Name: "compile", Args: []string{"go", "build"}, Dir: "/src", Network: slipway.NetworkNone,
					Mounts: []slipway.Mount{
						{Target: "/src", Source: &slipway.Source{Exclude: []string{".git"}}, ReadOnly: true},
						{Target: "/go/pkg/mod", From: &slipway.Output{Step: "deps", Mount: "/go/pkg/mod"}, ReadOnly: true},
						{Target: "/root/.cache/go-build", Cache: "go-build", Seed: "/usr/local/go-cache"},
						{Target: "/out", Output: true},
					},
				},
			},
			Layers: []slipway.Layer{{Role: slipway.RoleProgram, From: &slipway.Output{Step: "compile", Mount: "/out"}, To: "/app"}},
		},
	}
}

func ops(t *testing.T, in compile.Input) (decoded []*pb.Op, raw [][]byte) {
	t.Helper()
	out, err := compile.Image(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range out.Definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(b); err != nil {
			t.Fatal(err)
		}
		decoded = append(decoded, &op)
	}
	return decoded, out.Definition.Def
}

func execs(all []*pb.Op) map[string]*pb.ExecOp {
	found := map[string]*pb.ExecOp{}
	for _, op := range all {
		if e := op.GetExec(); e != nil {
			found[strings.Join(e.Meta.Args, " ")] = e
		}
	}
	return found
}

func TestImage_IsPure(t *testing.T) {
	t.Parallel()
	_, first := ops(t, input())
	_, second := ops(t, input())
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two compilations of one plan differ:\n%s", diff)
	}
}

func TestImage_StepsGetTheNetworkOfThePlan(t *testing.T) {
	t.Parallel()
	all, _ := ops(t, input())
	steps := execs(all)
	if got := steps["go build"].Network; got != pb.NetMode_NONE {
		t.Errorf("compile step has network %s, want none", got)
	}
	if got := steps["go mod download"].Network; got != pb.NetMode_UNSET {
		t.Errorf("deps step has network %s, want the sandbox's", got)
	}
	for name, e := range steps {
		if e.Security != pb.SecurityMode_SANDBOX {
			t.Errorf("step %q has security mode %s", name, e.Security)
		}
	}
}

func TestImage_SettingsReachOnlyStepsWithANetwork(t *testing.T) {
	t.Parallel()
	all, _ := ops(t, input())
	secrets := func(e *pb.ExecOp) (ids []string) {
		for _, m := range e.Mounts {
			if m.MountType == pb.MountType_SECRET {
				ids = append(ids, m.SecretOpt.ID)
				if !m.SecretOpt.Optional {
					t.Errorf("secret %s is not optional: it would change who can build", m.SecretOpt.ID)
				}
			}
		}
		return ids
	}
	steps := execs(all)
	if got := secrets(steps["go build"]); got != nil {
		t.Errorf("the compile step gets %v", got)
	}
	if got, want := secrets(steps["go mod download"]), "slipway.go.env"; !slices.Contains(got, want) {
		t.Errorf("the deps step gets %v, want %s among them", got, want)
	}
}

func TestImage_CachesAreTheServicesOwnAndSeeded(t *testing.T) {
	t.Parallel()
	all, _ := ops(t, input())
	for _, m := range execs(all)["go build"].Mounts {
		if m.MountType != pb.MountType_CACHE {
			continue
		}
		if m.CacheOpt.ID != "slipway/shop/cart/go-build" || m.Selector != "/usr/local/go-cache" || m.CacheOpt.Sharing != pb.CacheSharingOpt_SHARED {
			t.Errorf("cache mount is %v", m)
		}
		return
	}
	t.Error("the compile step has no cache mount")
}

// Two services that are made of one directory of one repository have their
// caches in common; those of another directory, repository, team or trust have
// not.
func TestImage_CachesAreSharedWithinADirectoryOfARepository(t *testing.T) {
	t.Parallel()
	cache := func(change func(*compile.Input)) string {
		in := input()
		in.Revision.Source = "https://forge.example.com/shop/cart.git"
		change(&in)
		all, _ := ops(t, in)
		for _, m := range execs(all)["go build"].Mounts {
			if m.MountType == pb.MountType_CACHE {
				return m.CacheOpt.ID
			}
		}
		return ""
	}
	own := cache(func(*compile.Input) {})
	if !strings.HasPrefix(own, "slipway/shop/@") {
		t.Errorf("the cache is %q", own)
	}
	if other := cache(func(in *compile.Input) { in.Service.Name, in.Plan.Service = "mailer", "mailer" }); other != own {
		t.Errorf("a second service of the directory has the cache %q, the first %q", other, own)
	}
	for what, change := range map[string]func(*compile.Input){
		"directory":  func(in *compile.Input) { in.Plan.Path = "services/cart" },
		"repository": func(in *compile.Input) { in.Revision.Source = "https://forge.example.com/shop/other.git" },
		"team":       func(in *compile.Input) { in.Service.Team = "store" },
		"trust":      func(in *compile.Input) { in.Trust = slipway.TrustStranger },
	} {
		if other := cache(change); other == own {
			t.Errorf("another %s has the same cache", what)
		}
	}
}

func TestImage_ACacheIsEmptyWhereTheStackHasNoSeed(t *testing.T) {
	t.Parallel()
	in := input()
	in.Stack.Seeds = nil
	all, _ := ops(t, in)
	for _, m := range execs(all)["go build"].Mounts {
		if m.MountType == pb.MountType_CACHE && (m.Selector != "" || m.Input != int64(pb.Empty)) {
			t.Errorf("cache mount is %v", m)
		}
	}
}

func TestImage_LayersAreFixedCopiesMergedOntoTheRunImage(t *testing.T) {
	t.Parallel()
	all, _ := ops(t, input())
	var copies, merges int
	for _, op := range all {
		if m := op.GetMerge(); m != nil {
			merges++
			if len(m.Inputs) != 2 {
				t.Errorf("merge of %d inputs, want run image and one layer", len(m.Inputs))
			}
		}
		if f := op.GetFile(); f != nil {
			c := f.Actions[0].GetCopy()
			copies++
			if c.Timestamp != contract.Epoch().UnixNano() || c.ModeStr != "u=rwX,go=rX" || c.Owner.User.GetByID() != 0 || c.Dest != "/app/" {
				t.Errorf("layer copy is %v", c)
			}
		}
	}
	if copies != 1 || merges != 1 {
		t.Errorf("%d copies and %d merges, want one of each", copies, merges)
	}
}

func TestImage_ConfigHasOneHistoryEntryPerLayerAndNoClock(t *testing.T) {
	t.Parallel()
	out, err := compile.Image(t.Context(), input())
	if err != nil {
		t.Fatal(err)
	}
	var img ocispecs.Image
	if err := json.Unmarshal(out.Config, &img); err != nil {
		t.Fatal(err)
	}
	if len(img.History) != 2 || !img.History[1].Created.Equal(contract.Epoch()) || !img.Created.Equal(contract.Epoch()) {
		t.Errorf("history %+v, created %v", img.History, img.Created)
	}
	if got, want := img.Config.Entrypoint, []string{"/sbin/init", "--", "/app/cart"}; !slices.Equal(got, want) {
		t.Errorf("entrypoint %q, want %q", got, want)
	}
}

func TestImage_StampedPlansGetTheRevision(t *testing.T) {
	t.Parallel()
	in := input()
	in.Plan.Stamped = true
	in.Revision = slipway.Revision{SHA: "abc", Tag: "v1.2.3"}
	all, _ := ops(t, in)
	env := execs(all)["go build"].Meta.Env
	for _, want := range []string{"SLIPWAY_REVISION=abc", "SLIPWAY_VERSION=1.2.3"} {
		if !slices.Contains(env, want) {
			t.Errorf("environment %q lacks %s", env, want)
		}
	}
	if env := strings.Join(execs(all)["go mod download"].Meta.Env, " "); strings.Contains(env, "SLIPWAY_REVISION") {
		t.Errorf("the deps step knows the commit and would run again at each: %s", env)
	}
	in.Plan.Stamped = false
	all, _ = ops(t, in)
	if env := strings.Join(execs(all)["go build"].Meta.Env, " "); strings.Contains(env, "SLIPWAY_REVISION") {
		t.Errorf("a plan that is not stamped knows the commit: %s", env)
	}
}

func TestImage_Refuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*compile.Input){
		"an invalid plan":           func(in *compile.Input) { in.Plan.Start = nil },
		"a stack without digests":   func(in *compile.Input) { in.Stack.Run.Digest = "" },
		"a broken run image config": func(in *compile.Input) { in.Run = []byte("{") },
	} {
		in := input()
		spoil(&in)
		if _, err := compile.Image(t.Context(), in); err == nil {
			t.Errorf("%s is compiled", name)
		}
	}
}
