package compile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/compile"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// find gives the exec whose first words are args, and its place in the graph.
func find(t *testing.T, all []*pb.Op, args ...string) *pb.ExecOp {
	t.Helper()
	for _, op := range all {
		if e := op.GetExec(); e != nil && slices.Equal(e.Meta.Args, args) {
			return e
		}
	}
	t.Fatalf("no step runs %q", args)
	return nil
}

func TestImage_LaterStepsRunOnTheRootThatAStepKeeps(t *testing.T) {
	t.Parallel()
	in := input()
	packages := slipway.Step{Name: "packages", Args: []string{"apt-get"}, Dir: "/", Network: slipway.NetworkPackages, Root: true}
	in.Plan.Steps = append([]slipway.Step{packages}, in.Plan.Steps...)
	out, err := compile.Image(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]string{} // of each op, by the first word of what it runs
	for _, b := range out.Definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(b); err != nil {
			t.Fatal(err)
		}
		e := op.GetExec()
		if e == nil {
			continue
		}
		digests[e.Meta.Args[0]+" "+e.Meta.Args[len(e.Meta.Args)-1]] = op.Inputs[e.Mounts[0].Input].Digest
	}
	if digests["go build"] == "" || digests["go build"] != digests["go download"] || digests["go build"] == digests["apt-get apt-get"] {
		t.Errorf("the steps run on %v; want both go steps on what apt-get left", digests)
	}
}

func TestImage_AStepSeesTheRunImageReadOnly(t *testing.T) {
	t.Parallel()
	in := input()
	in.Plan.Steps[1].Mounts = append(in.Plan.Steps[1].Mounts, slipway.Mount{Target: "/run-image", Run: true})
	all, _ := ops(t, in)
	mounts := find(t, all, "go", "build").Mounts
	i := slices.IndexFunc(mounts, func(m *pb.Mount) bool { return m.Dest == "/run-image" })
	if i < 0 || !mounts[i].Readonly || mounts[i].Output != int64(pb.SkipOutput) {
		t.Errorf("the mounts are %v", mounts)
	}
}

func TestImage_ADatedLayerHasTheTimeOfItsInputs(t *testing.T) {
	t.Parallel()
	timeOf := func(tree string, dated bool) int64 {
		in := input()
		in.Tree = tree
		in.Plan.Layers[0].Dated = dated
		all, _ := ops(t, in)
		for _, op := range all {
			if f := op.GetFile(); f != nil {
				return f.Actions[0].GetCopy().Timestamp
			}
		}
		t.Fatal("no layer")
		return 0
	}
	a, again, b := timeOf("a", true), timeOf("a", true), timeOf("b", true)
	if a != again || a == b || a == contract.Epoch().UnixNano() {
		t.Errorf("times %d, %d and %d: want one for each tree", a, again, b)
	}
	if timeOf("a", false) != timeOf("b", false) {
		t.Error("a layer that is not dated depends on the tree")
	}
}

func TestImage_SecretsAreVariablesAndInNoCacheKey(t *testing.T) {
	t.Parallel()
	in := input()
	in.Plan.Secrets = []string{"TOKEN"}
	in.Plan.Steps[0].Secrets = []string{"TOKEN"}
	all, _ := ops(t, in)
	env := find(t, all, "go", "mod", "download").Secretenv
	if len(env) != 1 || env[0].Name != "TOKEN" || env[0].ID != compile.SecretID("TOKEN") {
		t.Errorf("the deps step has %v", env)
	}
	if env := find(t, all, "go", "build").Secretenv; len(env) != 0 {
		t.Errorf("the compile step, which names none, has %v", env)
	}
}

func TestImage_TestsAreADefinitionOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := input()
	plain, err := compile.Image(t.Context(), in)
	if err != nil || plain.Tests != nil {
		t.Fatalf("a plan without tests gives %v, %v", plain.Tests, err)
	}
	in.Plan.Steps = append(in.Plan.Steps, slipway.Step{
		Name: "test", Args: []string{"go", "test"}, Dir: "/src", Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{{Target: "/results", Output: true}},
	})
	in.Plan.Tests = &slipway.Tests{Output: slipway.Output{Step: "test", Mount: "/results"}}
	tested, err := compile.Image(t.Context(), in)
	if err != nil || tested.Tests == nil {
		t.Fatalf("tests are %v, %v", tested.Tests, err)
	}
	var image pb.Definition
	image.Def = tested.Definition.Def
	for _, b := range image.Def {
		var op pb.Op
		if err := op.UnmarshalVT(b); err != nil {
			t.Fatal(err)
		}
		if e := op.GetExec(); e != nil && slices.Equal(e.Meta.Args, []string{"go", "test"}) {
			t.Error("the image depends on the step of the tests")
		}
	}
}

// A stranger who could write where a member's build reads would own the
// member's image.
func TestImage_StrangersShareNothingWithMembers(t *testing.T) {
	t.Parallel()
	shared := func(trust slipway.Trust) (names []string) {
		in := input()
		in.Trust = trust
		all, _ := ops(t, in)
		for _, op := range all {
			if s := op.GetSource(); s != nil && s.Attrs[pb.AttrSharedKeyHint] != "" {
				names = append(names, s.Attrs[pb.AttrSharedKeyHint])
			}
			for _, m := range op.GetExec().GetMounts() {
				if m.MountType == pb.MountType_CACHE {
					names = append(names, m.CacheOpt.ID)
				}
			}
		}
		return names
	}
	member, stranger := shared(slipway.TrustMember), shared(slipway.TrustStranger)
	if len(member) == 0 || len(member) != len(stranger) {
		t.Fatalf("member %q, stranger %q", member, stranger)
	}
	for _, name := range stranger {
		if slices.Contains(member, name) {
			t.Errorf("both use %s", name)
		}
	}
}

// A step of a part runs in the part's build image, and what it leaves is
// mounted where a step of the service's own language looks for it.
func TestImage_PartsHaveTheirOwnBuildImage(t *testing.T) {
	t.Parallel()
	in := input()
	in.Stack.Parts = []slipway.StackPart{{Language: slipway.LanguageNode, Build: slipway.StackImage{Name: "slipway.internal/stacks/node-build:22", Digest: strings.TrimPrefix(digest, "@")}}}
	in.Parts = map[slipway.Language][]byte{slipway.LanguageNode: []byte(`{"config":{"Env":["PATH=/opt/node/bin"]}}`)}
	in.Plan.Parts = []slipway.Part{{Language: slipway.LanguageNode, Base: "web", Path: "web"}}
	page := slipway.Step{Name: "page", In: slipway.LanguageNode, Args: []string{"npm", "run", "build"}, Dir: "/", Network: slipway.NetworkNone, Mounts: []slipway.Mount{{Target: "/out", Output: true}}}
	in.Plan.Steps = append([]slipway.Step{page}, in.Plan.Steps...)
	in.Plan.Steps[2].Mounts = append(in.Plan.Steps[2].Mounts, slipway.Mount{Target: "/src/dist", ReadOnly: true, From: &slipway.Output{Step: "page", Mount: "/out"}})
	all, _ := ops(t, in)
	steps := execs(all)
	if got := steps["npm run build"].Meta.Env; !slices.Contains(got, "PATH=/opt/node/bin") {
		t.Errorf("the part's step has the environment %q", got)
	}
	if got := steps["go build"].Meta.Env; slices.Contains(got, "PATH=/opt/node/bin") {
		t.Errorf("the service's own step has the environment %q", got)
	}
	images := map[string]bool{}
	for _, op := range all {
		if s := op.GetSource(); s != nil {
			images[s.Identifier] = true
		}
	}
	if !images["docker-image://slipway.internal/stacks/node-build:22"+digest] {
		t.Errorf("the images are %v", images)
	}
	in.Stack.Parts = nil
	if _, err := compile.Image(t.Context(), in); err == nil {
		t.Error("a plan whose part has no build image is compiled")
	}
}

// TestImage_GitOverSSH gives steps that reach package registries a socket and
// no key, and only where the build reads repositories; what a team's step has
// read is found by no other team's.
func TestImage_GitOverSSH(t *testing.T) {
	t.Parallel()
	socket := func(change func(*compile.Input)) (id string) {
		in := input()
		in.Plan.Steps[0].Network = slipway.NetworkPackages
		change(&in)
		all, _ := ops(t, in)
		for _, op := range all {
			e := op.GetExec()
			if e == nil {
				continue
			}
			i := slices.IndexFunc(e.Mounts, func(m *pb.Mount) bool { return m.MountType == pb.MountType_SSH })
			withCommand := slices.ContainsFunc(e.Meta.Env, func(kv string) bool { return strings.HasPrefix(kv, "GIT_SSH_COMMAND=") })
			if withCommand != (i >= 0) || i >= 0 && e.Network == pb.NetMode_NONE {
				t.Errorf("%v has the socket %d, the command: %t", e.Meta.Args, i, withCommand)
			}
			if i >= 0 {
				id = e.Mounts[i].SSHOpt.ID
			}
		}
		return id
	}
	if id := socket(func(*compile.Input) {}); id != "" {
		t.Errorf("a build that reads no repository has the socket %s", id)
	}
	in := func(team, source, path string, trust slipway.Trust) string {
		return socket(func(in *compile.Input) {
			in.Git, in.Trust, in.Service.Team, in.Revision.Source, in.Plan.Path = true, trust, team, source, path
		})
	}
	own := in("shop", "https://git.example/shop", "a", slipway.TrustMember)
	if again := in("shop", "https://git.example/shop", "b", slipway.TrustMember); !strings.HasPrefix(own, compile.GitSocket+"/") || again != own {
		t.Errorf("one repository has the sockets %q and %q", own, again)
	}
	for _, other := range []string{
		in("other", "https://git.example/shop", "a", slipway.TrustMember), in("shop", "https://git.example/x", "a", slipway.TrustMember),
		in("shop", "https://git.example/shop", "a", slipway.TrustStranger),
	} {
		if other == own {
			t.Errorf("another team, repository or trust has the same socket %s", other)
		}
	}
}

func TestGitSecrets(t *testing.T) {
	t.Parallel()
	if got := compile.GitSecrets(nil); len(got) != 1 || !strings.Contains(string(got["slipway.git.ssh"]), "/run/slipway/git.sock") {
		t.Errorf("without rewrites: %q", got)
	}
	got := compile.GitSecrets([]slipway.GitRewrite{{From: "https://git.example/", To: "ssh://git@git.example:22/"}, {From: `a"b\` + "\n[core]", To: "x"}})
	want := "[url \"ssh://git@git.example:22/\"]\n\tinsteadOf = \"https://git.example/\"\n[url \"x\"]\n\tinsteadOf = \"a\\\"b\\\\[core]\"\n"
	if string(got["slipway.git.config"]) != want {
		t.Errorf("%q, want %q", got["slipway.git.config"], want)
	}
}
