package eject_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/eject"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func plan() slipway.Plan {
	return slipway.Plan{
		Service: "cart", Path: ".", Language: slipway.LanguageGo, Kind: slipway.KindWeb, Port: 8080, Health: "/",
		Start: []string{"/app/cart"}, Dir: "/app", Env: map[string]string{"GREETING": "say \"hi\" for $5\nand \\ more"}, Base: "static",
		Steps: []slipway.Step{
			{
				Name: "deps", Args: []string{"go", "mod", "download"}, Dir: "/src", Network: slipway.NetworkPackages,
				Mounts: []slipway.Mount{
					{Target: "/src", Source: &slipway.Source{Include: []string{"go.mod", "go.sum"}}},
					{Target: "/go/pkg/mod", Output: true},
				},
			},
			{
				Name: "compile", Args: []string{"go", "build", "-o", "/out/cart", "."}, Dir: "/src", Network: slipway.NetworkNone,
				Mounts: []slipway.Mount{
					{Target: "/src", Source: &slipway.Source{Exclude: []string{".git"}}, ReadOnly: true},
					{Target: "/go/pkg/mod", From: &slipway.Output{Step: "deps", Mount: "/go/pkg/mod"}, ReadOnly: true},
					{Target: "/cache", Cache: "go-build", Seed: "/usr/local/go-cache"},
					{Target: "/tmp", Tmpfs: true},
					{Target: "/out", Output: true},
				},
			},
		},
		Layers: []slipway.Layer{{Role: slipway.RoleProgram, From: &slipway.Output{Step: "compile", Mount: "/out"}, To: "/app"}},
	}
}

func stack(build, run string) slipway.Stack {
	return slipway.Stack{
		Name: "go-1.26.8", Init: "/init", Seeds: []string{"/usr/local/go-cache"},
		Build: slipway.StackImage{Name: "docker.io/library/golang:1.26.8", Digest: build},
		Run:   slipway.StackImage{Name: "registry.example:5000/static:nonroot", Digest: run},
	}
}

// BuildKit's own parser takes the file, and each image it begins from is a
// whole reference, pinned or not.
func TestDockerfile_isValid(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		stack  slipway.Stack
		pinned int
	}{
		"both pinned":    {stack(digest, digest), 2},
		"neither pinned": {stack("", ""), 0},
		"build pinned":   {stack(digest, ""), 1},
		"run pinned":     {stack("", digest), 1},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, plan(), c.stack)
			if err != nil {
				t.Fatal(err)
			}
			stages, images := parse(t, files.Dockerfile)
			if n := len(stages); n != 6 {
				t.Errorf("%d stages, want the build image, two of sources, two steps and the image", n)
			}
			pinned := 0
			for _, image := range images {
				ref, err := name.ParseReference(image, name.StrictValidation)
				if err != nil {
					t.Errorf("%q is not a reference: %v", image, err)
				}
				if _, ok := ref.(name.Digest); ok {
					pinned++
				}
			}
			if pinned != c.pinned || len(images) != 2 {
				t.Errorf("%d of %q are pinned, want %d of 2", pinned, images, c.pinned)
			}
			if n := strings.Count(files.Dockerfile, "is not pinned"); n != 2-c.pinned {
				t.Errorf("%d images are said not to be pinned, want %d:\n%s", n, 2-c.pinned, files.Dockerfile)
			}
			labels := labelsOf(t, stages[len(stages)-1])
			if labels[slipway.LabelBaseDigest] != c.stack.Run.Digest || labels[slipway.LabelBaseName] != c.stack.Run.Name {
				t.Errorf("labels of the base: %q", labels)
			}
			for k, v := range labels {
				if v == "" {
					t.Errorf("the label %s is empty", k)
				}
			}
		})
	}
}

// parse gives the stages and the values of the arguments before them.
func parse(t *testing.T, text string) ([]instructions.Stage, []string) {
	t.Helper()
	tree, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	stages, args, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(tree.Warnings) > 0 {
		t.Errorf("the parser warns: %+v", tree.Warnings)
	}
	var images []string
	for _, arg := range args {
		for _, kv := range arg.Args {
			images = append(images, *kv.Value)
		}
	}
	return stages, images
}

// ENV has no way to write a line's end: the shell words of Docker know no \n.
func TestDockerfile_keepsLines(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Steps[1].Env = map[string]string{"CGO_ENABLED": "0", "SETTINGS": "first\nsecond"}
	files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, p, stack(digest, digest))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ENV CGO_ENABLED=\"0\"\n", `["/usr/bin/env","SETTINGS=first\nsecond","go","build","-o","/out/cart","."]`,
		"# GREETING has several lines, which ENV cannot hold",
	} {
		if !strings.Contains(files.Dockerfile, want) {
			t.Errorf("%s is missing:\n%s", want, files.Dockerfile)
		}
	}
	if strings.Contains(files.Dockerfile, "ENV SETTINGS") || strings.Contains(files.Dockerfile, "ENV GREETING") {
		t.Errorf("a value of several lines stands in ENV:\n%s", files.Dockerfile)
	}
}

func labelsOf(t *testing.T, stage instructions.Stage) map[string]string {
	t.Helper()
	labels := map[string]string{}
	for _, c := range stage.Commands {
		if l, ok := c.(*instructions.LabelCommand); ok {
			for _, kv := range l.Labels {
				labels[kv.Key] = strings.Trim(kv.Value, `"`)
			}
		}
	}
	return labels
}

// COPY takes what is in a directory, not the directory; and what one step
// leaves out another may want.
func TestDockerfile_keepsDirectories(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Steps[0].Mounts[0].Source.Include = []string{"web/templates"}
	p.Steps[1].Mounts[0].Source.Exclude = []string{"*.md", "web/templates"}
	files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, p, stack(digest, digest))
	if err != nil {
		t.Fatal(err)
	}
	if want := `COPY --parents ["web/template[s]","/"]`; !strings.Contains(files.Dockerfile, want) {
		t.Errorf("no %s in\n%s", want, files.Dockerfile)
	}
	if ignore := files.Dockerignore; strings.Contains(ignore, "templates") || !strings.Contains(ignore, "*.md") {
		t.Errorf("the context lacks what a step wants, or has too much:\n%s", ignore)
	}
}

// What Slipway reads for the steps, a build of the file has to be given.
func TestDockerfile_saysWhatIsReadOverSSH(t *testing.T) {
	t.Parallel()
	p := plan()
	p.SSH = []string{"git.corp.example/shop/prices"}
	for about, c := range map[string]struct {
		plan slipway.Plan
		says bool
	}{"named": {p, true}, "not named": {plan(), false}} {
		files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, c.plan, stack(digest, digest))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(files.Dockerfile, "docker build --ssh default") != c.says || strings.Contains(files.Dockerfile, "git.corp.example/shop/prices") != c.says {
			t.Errorf("%s: %s", about, files.Dockerfile)
		}
	}
}

// What Slipway leaves out of an image, a file of secrets above all, an
// ejected Dockerfile leaves out, too.
func TestDockerfile_leavesOutWhatTheImageDoes(t *testing.T) {
	t.Parallel()
	p := plan()
	out := []string{"**/.env", "**/*.log", "!**/.env.example", "a b"}
	p.Layers = append(p.Layers,
		slipway.Layer{Role: slipway.RoleDependencies, Source: &slipway.Source{Exclude: out}, To: "/srv"},
		slipway.Layer{Role: slipway.RoleRuntime, Source: &slipway.Source{Include: []string{"web/templates"}, Exclude: out}, To: "/data"})
	files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, p, stack(digest, digest))
	if err != nil {
		t.Fatal(err)
	}
	stages, _ := parse(t, files.Dockerfile)
	copies := map[string]*instructions.CopyCommand{}
	for _, c := range stages[len(stages)-1].Commands {
		if c, ok := c.(*instructions.CopyCommand); ok {
			copies[c.DestPath] = c
		}
	}
	for to, want := range map[string]string{"/srv/": "./", "/data/": "web/template[s]"} {
		c := copies[to]
		if c == nil || !slices.Equal(c.ExcludePatterns, out) || !slices.Equal(c.SourcePaths, []string{want}) || c.Parents != (to == "/data/") {
			t.Errorf("%s: %+v in\n%s", to, c, files.Dockerfile)
		}
	}
}

// What a step leaves in a directory of its sources outlives the sources'
// mount: they are copied instead.
func TestDockerfile_keepsAnOutputAmongSources(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Steps[0].Mounts[1].Target, p.Steps[1].Mounts[1].From.Mount = "/src/.venv", "/src/.venv"
	files, err := eject.Dockerfile(slipway.ServiceName{Team: "shop", Name: "cart"}, p, stack(digest, digest))
	if err != nil {
		t.Fatal(err)
	}
	_, deps, _ := strings.Cut(files.Dockerfile, " AS deps\n")
	deps, _, _ = strings.Cut(deps, "\nFROM ")
	if !strings.Contains(deps, "COPY --from=source-deps-0 / /src/\n") || strings.Contains(deps, "target=/src") {
		t.Errorf("the sources hide what the step leaves:\n%s", deps)
	}
}
