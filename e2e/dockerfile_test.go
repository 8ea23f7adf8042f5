//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
)

// debianBase is an image with a shell that the stacks are made of.
const debianBase = "slipway.internal/stacks/debian:bookworm"

// TestDockerfile builds what says itself how it is built, also what would
// like to be more than a build.
func TestDockerfile(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	s := upWith(t)
	t.Run("a task", s.dockerfileTask)
	t.Run("the contract is enforced where asked", s.dockerfileContract)
	t.Run("a secret", s.dockerfileSecret)
	t.Run("images of others", s.dockerfileImages)
	t.Run("caches of others", s.dockerfileCaches)
	t.Run("the host", s.dockerfileHost)
	t.Run("what is refused before anything runs", s.dockerfileRefused)
	t.Run("failures are named", s.dockerfileFailures)
}

// described writes a tree with a Dockerfile of kind task.
func described(t *testing.T, dockerfile string, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Dockerfile"), dockerfile)
	write(t, filepath.Join(dir, "slipway.yaml"), "services:\n  - kind: task\n"+strings.Join(more, ""))
	return dir
}

func (s *shared) dockerfileTask(t *testing.T) {
	dir := described(t, `
ARG BASE=`+debianBase+`
FROM ${BASE} AS build
ARG WORD=nobody
COPY . /src
RUN ls -A /src >/list && echo "hello $WORD" >/word
FROM build
CMD ["/bin/cat", "/word", "/list"]
`, "    buildEnv: {WORD: world}\n")
	write(t, filepath.Join(dir, ".dockerignore"), "ignored\n")
	write(t, filepath.Join(dir, "ignored"), "x")
	write(t, filepath.Join(dir, "kept"), "x")
	r := s.build(t, dir, "--service", "docker/task")
	if !strings.Contains(r.stderr, "contract: user:") {
		t.Errorf("nobody says that it runs as root:\n%s", r.stderr)
	}
	if r.Plan.Language != slipway.LanguageDockerfile || !r.Plan.Unlocked {
		t.Errorf("the plan is %+v", r.Plan)
	}
	labels := factsOf(t, fetch(t, s.images(), "docker/task:"+r.Image.Tag)).config.Config.Labels
	if labels[slipway.LabelBaseName] != debianBase || !strings.HasPrefix(labels[slipway.LabelBaseDigest], "sha256:") || labels[slipway.LabelKind] != "task" {
		t.Errorf("labels: %v", labels)
	}
	o := s.must(t, "run", "docker/task:"+r.Image.Tag)
	if !strings.Contains(o.stdout, "hello world") || !strings.Contains(o.stdout, "kept") || strings.Contains(o.stdout, "ignored\n") {
		t.Errorf("it prints %q", o.stdout)
	}
	if again := s.build(t, dir, "--service", "docker/task"); !again.Known || again.Image.Digest != r.Image.Digest {
		t.Errorf("built again: %+v", again.Image)
	}
}

func (s *shared) dockerfileContract(t *testing.T) {
	dir := described(t, "FROM "+debianBase+"\nRUN echo strict >/x\nCMD [\"/bin/true\"]\n")
	o := s.run(t, "build", dir, "--service", "docker/strict", "--contract", "fail")
	if o.code != 1 || !strings.Contains(o.stderr, "of the image contract") || !strings.Contains(o.stderr, string(contract.RuleUser)) {
		t.Errorf("exit code %d\n%s", o.code, o.stderr)
	}
	if o := s.must(t, "build", dir, "--service", "docker/strict", "--contract", "off"); strings.Contains(o.stderr, "contract:") {
		t.Errorf("switched off, it says\n%s", o.stderr)
	}
}

func (s *shared) dockerfileSecret(t *testing.T) {
	const value = "s3cr3t/of+the=house"
	dir := described(t, "FROM "+debianBase+`
RUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN && base64 /run/secrets/TOKEN && sha256sum /run/secrets/TOKEN >/sum
RUN --mount=type=secret,id=OTHER test ! -e /run/secrets/OTHER
CMD ["/bin/true"]
`, "    secrets: [TOKEN]\n")
	s.env = append(s.env, "TOKEN="+value)
	r := s.build(t, dir, "--service", "docker/secret", "--secret", "TOKEN")
	if strings.Contains(r.stderr, value) || !strings.Contains(r.stderr, "***") {
		t.Errorf("the log is not masked:\n%s", r.stderr)
	}
	s.holdsNot(t, "docker/secret:"+r.Image.Tag, value)
	if o := s.run(t, "build", dir, "--service", "docker/secret", "--force"); o.code != 2 || !strings.Contains(o.stderr, "TOKEN") {
		t.Errorf("without a value: exit code %d\n%s", o.code, o.stderr)
	}
}

// A Dockerfile may not stand on, or copy from, what another service has
// built: the daemon has credentials for all of the embedded registry.
func (s *shared) dockerfileImages(t *testing.T) {
	other := s.build(t, described(t, "FROM "+debianBase+"\nRUN echo of-others >/secret\nCMD [\"/bin/true\"]\n"), "--service", "others/vault")
	image := "slipway.internal/others/vault:" + other.Image.Tag
	for name, dockerfile := range map[string]string{
		"FROM":            "FROM " + image + "\nRUN cat /secret\n",
		"FROM by digest":  "FROM slipway.internal/others/vault@" + other.Image.Digest + "\nRUN cat /secret\n",
		"FROM a variable": "ARG A=vault\nFROM slipway.internal/others/${A}:" + other.Image.Tag + "\nRUN cat /secret\n",
		"COPY --from":     "FROM " + debianBase + "\nCOPY --from=" + image + " /secret /s\nRUN cat /s\n",
		"RUN --mount":     "FROM " + debianBase + "\nRUN --mount=type=bind,from=" + image + ",target=/o cat /o/secret\n",
		"dots":            "FROM slipway.internal/stacks/../others/vault:" + other.Image.Tag + "\nRUN cat /secret\n",
		"with a port":     "FROM slipway.internal:80/others/vault:" + other.Image.Tag + "\nRUN cat /secret\n",
		"in capitals":     "FROM SLIPWAY.internal/others/vault:" + other.Image.Tag + "\nRUN cat /secret\n",
		"the blobs":       "FROM " + debianBase + "\nADD http://slipway.internal/v2/others/vault/manifests/" + other.Image.Tag + " /m\n",
	} {
		o := s.run(t, "build", described(t, dockerfile+"CMD [\"/bin/true\"]\n"), "--service", "docker/thief")
		if o.code == 0 || strings.Contains(o.stderr, "| of-others") {
			t.Errorf("%s: exit code %d\n%s%s", name, o.code, o.stdout, o.stderr)
		}
		if name == "FROM" && !strings.Contains(o.stderr, "another service may not be built upon") {
			t.Errorf("%s is refused as\n%s", name, o.stderr)
		}
	}
}

// Cache mounts are the service's own, whatever id a Dockerfile gives them.
func (s *shared) dockerfileCaches(t *testing.T) {
	mount := func(id, command string) string {
		return described(t, fmt.Sprintf("FROM %s\nRUN --mount=type=cache,id=%s,target=/c %s\nCMD [\"/bin/true\"]\n", debianBase, id, command))
	}
	s.build(t, mount("shared", "echo poison >/c/x"), "--service", "docker/first")
	for _, id := range []string{
		"shared", "../docker/shared", "../../first/dockerfile/shared", "slipway/docker/first/dockerfile/shared",
		"/slipway/docker/first/dockerfile/shared", "../../../../slipway/docker/first/dockerfile/shared",
	} {
		s.build(t, mount(id, "test ! -e /c/x"), "--service", "docker/second", "--force")
	}
	s.build(t, mount("shared", "grep poison /c/x # again"), "--service", "docker/first")
}

func (s *shared) dockerfileHost(t *testing.T) {
	var asked atomic.Int32
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); fmt.Fprint(w, "of the host") }))
	t.Cleanup(host.Close)
	if err := get(t, host.URL); err != nil || asked.Swap(0) != 1 {
		t.Fatalf("the control: %v", err)
	}
	local := strings.Replace(host.URL, "127.0.0.1", "localhost", 1)
	fetch := "RUN env -u no_proxy -u NO_PROXY /usr/lib/apt/apt-helper download-file %s/x /x\n"
	// The control: the same line reaches what a step may reach, the registry's
	// refusal.
	control := described(t, "FROM "+debianBase+"\n"+fmt.Sprintf(fetch, "http://slipway.internal/v2")+"CMD [\"/bin/true\"]\n")
	if o := s.run(t, "build", control, "--service", "docker/host"); !strings.Contains(o.stderr, "401") {
		t.Errorf("the control: exit code %d\n%s", o.code, o.stderr)
	}
	for _, line := range []string{
		"ADD " + host.URL + "/x /x\n", "ADD " + local + "/x /x\n", "ADD http://169.254.169.254/latest/meta-data /x\n",
		"ADD " + host.URL + "/x.git /x\n", fmt.Sprintf(fetch, host.URL), fmt.Sprintf(fetch, local),
	} {
		o := s.run(t, "build", described(t, "FROM "+debianBase+"\n"+line+"CMD [\"/bin/true\"]\n"), "--service", "docker/host", "--timeout", "2m")
		if o.code == 0 || asked.Load() != 0 {
			t.Errorf("%s: exit code %d, the host was asked %d times\n%s", line, o.code, asked.Load(), o.stderr)
		}
	}
}

func (s *shared) dockerfileRefused(t *testing.T) {
	for name, c := range map[string]struct {
		dockerfile, says string
		flags            []string
		code             int
	}{
		"a frontend":            {"# syntax=docker/dockerfile:1\nFROM scratch\n", "--allow-frontend", nil, 1},
		"insecure":              {"FROM scratch\nRUN --security=insecure x\n", "Dockerfile:2: RUN --security=insecure", nil, 1},
		"the host's network":    {"FROM scratch\nRUN --network=host x\n", "Dockerfile:2: RUN --network=host", nil, 1},
		"a frontend by its tag": {"FROM scratch\n", "by digest", []string{"--allow-frontend", "docker/dockerfile:1"}, 2},
		"a policy of its own":   {"FROM scratch\n", "fail, warn or off", []string{"--contract", "maybe"}, 2},
		"no Dockerfile":         {"hello\n", "Dockerfile has no FROM", nil, 1},
	} {
		o := s.run(t, append([]string{"build", described(t, c.dockerfile), "--service", "docker/no"}, c.flags...)...)
		if o.code != c.code || !strings.Contains(o.stderr, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q in\n%s", name, o.code, c.code, c.says, o.stderr)
		}
	}
}

func (s *shared) dockerfileFailures(t *testing.T) {
	for name, c := range map[string]struct{ dockerfile, says string }{
		"a command":            {"FROM " + debianBase + "\nRUN echo out of luck && exit 7\n", `Dockerfile:2: "[2/2] RUN echo out of luck && exit 7" ended with exit code 7`},
		"a file that is not":   {"FROM " + debianBase + "\nCOPY nothing /x\n", `Dockerfile:2: "/nothing" is not in the build context`},
		"an unknown word":      {"FROM " + debianBase + "\nRUNN x\n", "Dockerfile cannot be read as a Dockerfile"},
		"an image that is not": {"FROM slipway.internal/stacks/nothing:1\n", "slipway.internal/stacks/nothing:1 cannot be had"},
		"a stage that is not":  {"FROM scratch AS a\nCOPY --from=b /x /x\n", "cannot be had"},
	} {
		o := s.run(t, "build", described(t, c.dockerfile), "--service", "docker/bad")
		if o.code == 0 || !strings.Contains(o.stderr, c.says) {
			t.Errorf("%s: exit code %d, want %q in\n%s", name, o.code, c.says, o.stderr)
		}
	}
}
