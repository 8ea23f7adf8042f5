package contract_test

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks/contract"
	"github.com/slipway-ci/slipway/container/imagetest"
)

// file shortens the tables below.
type file = imagetest.File

// sample is an image under construction: good until a test changes it.
type sample struct {
	config v1.Config
	base   map[string]file
	layers []map[string]file
	marks  bool // the history marks the layers as Slipway's
	opt    contract.Options
}

func good(program string) *sample {
	digest := "sha256:" + strings.Repeat("5", 64)
	return &sample{
		config: v1.Config{
			User: "10001:10001", WorkingDir: "/app", StopSignal: "SIGTERM",
			Entrypoint:   []string{"/sbin/tini", "--", "/app/cart", "serve"},
			Env:          []string{"PATH=/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "PORT=8080", "APP_VERSION=10.0.0.1"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			Volumes:      map[string]struct{}{"/tmp": {}, "/app/data": {}},
			Labels: map[string]string{
				slipway.LabelTitle: "cart", slipway.LabelService: "shop/cart", slipway.LabelKind: "web", slipway.LabelStack: "go-1.26.8",
				slipway.LabelPlan: digest, slipway.LabelContract: "1", slipway.LabelHealth: "/healthz",
				slipway.LabelBaseName: "slipway.internal/stacks/static:1", slipway.LabelBaseDigest: digest,
				slipway.LabelRevision: strings.Repeat("a", 40), slipway.LabelVersion: "1.2.3",
				slipway.LabelCreated: "2026-11-23T10:00:00Z", slipway.LabelSource: "https://git.example.com/shop/cart",
			},
		},
		base: map[string]file{
			"usr/sbin/tini": {Body: program, Mode: 0o755},
			"sbin":          {Type: tar.TypeSymlink, Link: "usr/sbin"},
			// What a distribution has and the rules forbid above it.
			"usr/bin/su":                          {Body: "su", Mode: 0o4755},
			"etc/ssl/certs/ca-certificates.crt":   {Body: "-----BEGIN CERTIFICATE-----\n"},
			"var/log/apt/history.log":             {Body: "installed"},
			"usr/lib/go/src/crypto/tls/x_test.go": {Body: "package tls"},
		},
		layers: []map[string]file{{
			"app":                        {Type: tar.TypeDir, Mode: 0o755},
			"app/cart":                   {Body: program, Mode: 0o755},
			"app/data":                   {Type: tar.TypeDir, Mode: 0o700, UID: 10001},
			"app/current":                {Type: tar.TypeSymlink, Link: "../usr/bin"},
			"app/.env.example":           {Body: "KEY="},
			"app/node_modules/a.spec.js": {Body: "it('')"},
			// What dependencies bring along is their authors'.
			"app/lib/python3.11/site-packages/certifi/tests/test_x.py":     {Body: "assert True"},
			"app/lib/python3.11/site-packages/tornado/test/server.key":     {Body: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n"},
			"app/lib/python3.11/site-packages/certifi/cacert.pem":          {Body: "-----BEGIN CERTIFICATE-----\nMIIF\n"},
			"app/lib/python3.11/site-packages/x/__pycache__/y.cpython.pyc": {Body: "\x00"},
			"app/node_modules/public-encrypt/test/test_key.pem":            {Body: "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"},
			"app/pem.js": {Body: "const h = '-----BEGIN PRIVATE KEY-----'"},
			"app/go.txt": {Body: "AKIA is how they begin"},
		}},
		marks: true,
	}
}

// executable is the beginning of a program file, as much as tells whether it
// wants a dynamic linker.
func executable(t *testing.T, segments ...elf.ProgType) string {
	t.Helper()
	var b bytes.Buffer
	header := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segments)),
	}
	if err := binary.Write(&b, binary.LittleEndian, header); err != nil {
		t.Fatal(err)
	}
	for _, kind := range segments {
		if err := binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(kind)}); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func (s *sample) check(t *testing.T) contract.Report {
	t.Helper()
	adds := []mutate.Addendum{imagetest.Add(imagetest.Layer(t, s.base), "debian")}
	for _, files := range s.layers {
		by := "COPY . /app"
		if s.marks {
			by = contract.LayerComment(slipway.Layer{Role: slipway.RoleProgram, To: "/app"})
		}
		adds = append(adds, imagetest.Add(imagetest.Layer(t, files), by))
	}
	report, err := contract.Check(t.Context(), imagetest.Image(t, s.config, adds...), s.opt)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (s *sample) baseImage(t *testing.T) v1.Image {
	t.Helper()
	return imagetest.Image(t, v1.Config{}, imagetest.Add(imagetest.Layer(t, s.base), "debian"))
}

func TestCheckPasses(t *testing.T) {
	t.Parallel()
	program := executable(t, elf.PT_LOAD)
	for name, change := range map[string]func(*sample){
		"by its history":       func(*sample) {},
		"beside its run image": func(s *sample) { s.marks, s.opt.Base = false, s.baseImage(t) },
		"of the stack":         func(s *sample) { s.opt.Stack = stack() },
		"not stamped":          func(s *sample) { s.opt.Content = true; unstamp(s) },
		"of a working tree": func(s *sample) {
			delete(s.config.Labels, slipway.LabelSource)
			s.config.Labels[slipway.LabelRevision] += "-dirty"
		},
		"as Config writes it": func(s *sample) { s.config = written(t); s.opt = contract.Options{Content: true, Stack: stack()} },
		"a worker": func(s *sample) {
			s.config.Labels[slipway.LabelKind], s.config.ExposedPorts = "worker", nil
			s.config.Labels[slipway.LabelHealth] = `["/app/cart","--alive"]`
		},
		"a shell that steps aside": func(s *sample) {
			s.config.Entrypoint = []string{"/sbin/tini", "--", "/bin/sh", "-euc", "cd /app && A=$B exec /app/cart --port \"$PORT\""}
		},
		"a shell with options": func(s *sample) {
			s.config.Entrypoint = []string{"/sbin/tini", "--", "/bin/bash", "-e", "-c", "echo hello; exec /app/cart", "cart"}
		},
		"an init of another name": func(s *sample) { otherInit(s) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := good(program)
			change(s)
			report := s.check(t)
			for _, r := range report.Results {
				if r.Rule != contract.RuleStartUp && r.Status != contract.Pass {
					t.Errorf("%s: %s %s %v", r.Rule, r.Status, r.Reason, r.Findings)
				}
			}
			if report.Failed() {
				t.Error("Failed() = true for a good image")
			}
		})
	}
}

// written is what the compiler makes of a plan: both ends of the contract
// must agree.
func written(t *testing.T) v1.Config {
	t.Helper()
	raw, err := json.Marshal(contract.Config(slipway.ServiceName{Team: "shop", Name: "cart"},
		slipway.Plan{Kind: slipway.KindWeb, Start: []string{"/app/cart"}, Health: "/healthz", Writable: []string{"data"}},
		*stack(), ocispecs.ImageConfig{Env: []string{"PATH=/usr/bin"}}))
	if err != nil {
		t.Fatal(err)
	}
	var config v1.Config
	if err := json.Unmarshal(raw, &config); err != nil {
		t.Fatal(err)
	}
	return config
}

func stack() *slipway.Stack {
	return &slipway.Stack{Name: "go-1.26.8", Init: "/sbin/tini", Budget: 10 << 20, Run: slipway.StackImage{Name: "slipway.internal/stacks/static:1", Digest: "sha256:" + strings.Repeat("5", 64)}}
}

func unstamp(s *sample) {
	for _, name := range []string{slipway.LabelRevision, slipway.LabelVersion, slipway.LabelCreated, slipway.LabelSource} {
		delete(s.config.Labels, name)
	}
}

func otherInit(s *sample) {
	s.opt.Stack = stack()
	s.opt.Stack.Init = "/sbin/first"
	s.base["sbin/first"] = s.base["usr/sbin/tini"]
	s.config.Entrypoint[0] = "/sbin/first"
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	program := executable(t, elf.PT_LOAD)
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n"
	add := func(name string, f file) func(*sample) { return func(s *sample) { s.layers[0][name] = f } }
	label := func(name, value string) func(*sample) { return func(s *sample) { s.config.Labels[name] = value } }
	env := func(kv string) func(*sample) { return func(s *sample) { s.config.Env = append(s.config.Env, kv) } }
	config := func(change func(*v1.Config)) func(*sample) { return func(s *sample) { change(&s.config) } }
	for name, test := range map[string]struct {
		rule   contract.Name
		says   string
		change func(*sample)
	}{
		"no base":             {contract.RuleBase, slipway.LabelBaseName, label(slipway.LabelBaseName, "")},
		"base without digest": {contract.RuleBase, `"1.2"`, label(slipway.LabelBaseDigest, "1.2")},
		"another base": {contract.RuleBase, "the run image has", func(s *sample) {
			s.marks = false
			s.opt.Base = imagetest.Image(t, v1.Config{}, imagetest.Add(imagetest.Layer(t, map[string]file{"x": {}}), ""))
		}},
		"a stack's older base": {contract.RuleBase, "stands on", func(s *sample) { s.opt.Stack = stack(); s.opt.Stack.Run.Digest = "sha256:" + strings.Repeat("6", 64) }},

		"four layers": {contract.RuleLayers, "4 layers above", func(s *sample) {
			s.layers = append(s.layers, map[string]file{"app/1": {}}, map[string]file{"app/2": {}}, map[string]file{"app/3": {}})
		}},
		"a name that leaves the root": {contract.RuleLayers, `"../../etc/passwd"`, add("../../etc/passwd", file{})},
		"a link that leaves the root": {contract.RuleLayers, "/app/out", add("app/out", file{Type: tar.TypeSymlink, Link: "../../etc"})},
		"a hard link out of the root": {contract.RuleLayers, "/app/out", add("app/out", file{Type: tar.TypeLink, Link: "../etc/shadow"})},
		"a device":                    {contract.RuleLayers, "/app/null", add("app/null", file{Type: tar.TypeChar})},
		"a pipe":                      {contract.RuleLayers, "/app/pipe", add("app/pipe", file{Type: tar.TypeFifo})},
		"a bomb": {contract.RuleLayers, "expand", func(s *sample) {
			s.layers[0]["app/zeros"] = file{Body: strings.Repeat("\x00", 8<<20)}
			s.opt.MaxBytes = 4 << 20
		}},

		"git data":            {contract.RuleLean, "/app/.git/config", add("app/.git/config", file{})},
		"apt lists":           {contract.RuleLean, "/var/lib/apt/lists/x", add("var/lib/apt/lists/x", file{Body: "Package: x"})},
		"npm cache":           {contract.RuleLean, "/root/.npm/_cacache/x", add("root/.npm/_cacache/x", file{})},
		"module cache":        {contract.RuleLean, "/root/go/pkg/mod/x", add("root/go/pkg/mod/x", file{})},
		"a Go toolchain":      {contract.RuleLean, "/usr/local/go/bin/go", add("usr/local/go/bin/go", file{Mode: 0o755})},
		"a C compiler":        {contract.RuleLean, "/usr/bin/gcc", add("usr/bin/gcc", file{Mode: 0o755})},
		"a Go test":           {contract.RuleLean, "/app/cart_test.go", add("app/cart_test.go", file{})},
		"a JavaScript test":   {contract.RuleLean, "/app/__tests__/cart.js", add("app/__tests__/cart.js", file{})},
		"a JavaScript cache":  {contract.RuleLean, "/app/node_modules/.cache/babel/x.json", add("app/node_modules/.cache/babel/x.json", file{})},
		"a Next cache":        {contract.RuleLean, "/app/.next/cache/x", add("app/.next/cache/x", file{})},
		"a Maven repository":  {contract.RuleLean, "/root/.m2/repository/x.jar", add("root/.m2/repository/x.jar", file{})},
		"a Poetry cache":      {contract.RuleLean, "/root/.cache/pypoetry/x", add("root/.cache/pypoetry/x", file{})},
		"a JDK":               {contract.RuleLean, "/opt/java/bin/javac", add("opt/java/bin/javac", file{Mode: 0o755})},
		"a JDK's modules":     {contract.RuleLean, "/opt/java/jmods/java.base.jmod", add("opt/java/jmods/java.base.jmod", file{})},
		"a Python test":       {contract.RuleLean, "/app/tests/conftest.py", add("app/tests/conftest.py", file{})},
		"an SSH key":          {contract.RuleLean, "/app/.ssh/id_ed25519", add("app/.ssh/id_ed25519", file{})},
		"a netrc":             {contract.RuleLean, "/root/.netrc", add("root/.netrc", file{})},
		"a dotenv":            {contract.RuleLean, "/app/.env", add("app/.env", file{})},
		"a key in a file":     {contract.RuleLean, "/app/server.pem", add("app/server.pem", file{Body: key})},
		"an npm token":        {contract.RuleLean, "/app/.npmrc", add("app/.npmrc", file{Body: "//npm.example.com/:_authToken=abc\n"})},
		"an AWS key":          {contract.RuleLean, "/app/settings.py", add("app/settings.py", file{Body: "KEY = 'AKIAIOSFODNN7EXAMPLE'\n"})},
		"a secret variable":   {contract.RuleLean, "TOKEN", env("TOKEN=ghp_" + strings.Repeat("a", 36))},
		"a CA":                {contract.RuleLean, "/usr/local/share/ca-certificates/corp.crt", add("usr/local/share/ca-certificates/corp.crt", file{})},
		"a changed CA bundle": {contract.RuleLean, "/etc/ssl/certs/ca-certificates.crt", add("etc/ssl/certs/ca-certificates.crt", file{})},
		"a proxy variable":    {contract.RuleLean, "https_proxy", env("https_proxy=http://proxy.example.com:3128")},
		"an apt proxy":        {contract.RuleLean, "/etc/apt/apt.conf.d/80proxy", add("etc/apt/apt.conf.d/80proxy", file{Body: "Acquire::http::Proxy \"http://proxy.example.com\";\n"})},
		"a pip mirror":        {contract.RuleLean, "/etc/pip.conf", add("etc/pip.conf", file{Body: "[global]\nindex-url = https://mirror.example.com/simple\n"})},
		"an npm mirror":       {contract.RuleLean, "/app/.npmrc", add("app/.npmrc", file{Body: "registry=https://mirror.example.com/\n"})},

		"no user":                {contract.RuleUser, "runs as root", config(func(c *v1.Config) { c.User = "" })},
		"root":                   {contract.RuleUser, `"0:0"`, config(func(c *v1.Config) { c.User = "0:0" })},
		"a user by name":         {contract.RuleUser, `"node"`, config(func(c *v1.Config) { c.User = "node" })},
		"files of the user":      {contract.RuleUser, "/app/lib.so", add("app/lib.so", file{UID: 10001})},
		"files for all to write": {contract.RuleUser, "0666", add("app/lib.so", file{Mode: 0o666})},
		"set-uid":                {contract.RuleUser, "/app/helper", add("app/helper", file{Mode: 0o4755})},
		"no /tmp":                {contract.RuleUser, "/tmp", config(func(c *v1.Config) { c.Volumes = nil })},

		"shell form":                {contract.RuleStart, "a shell", config(func(c *v1.Config) { c.Entrypoint, c.Cmd = nil, []string{"/bin/sh", "-c", "node ."} })},
		"a shell below":             {contract.RuleStart, "a shell", config(func(c *v1.Config) { c.Entrypoint = []string{"/sbin/tini", "-g", "--", "bash", "run.sh"} })},
		"a shell that waits":        {contract.RuleStart, "a shell", config(func(c *v1.Config) { c.Entrypoint = []string{"/sbin/tini", "--", "/bin/sh", "-c", "exec a || exec b"} })},
		"a shell that runs another": {contract.RuleStart, "a shell", config(func(c *v1.Config) { c.Entrypoint = []string{"/sbin/tini", "--", "/bin/sh", "-c", "exec bash run.sh"} })},
		"a shell script":            {contract.RuleStart, "/app/cart is a script", add("app/cart", file{Body: "#!/bin/bash\nexec x\n", Mode: 0o755})},
		"nothing to start":          {contract.RuleStart, "starts nothing", config(func(c *v1.Config) { c.Entrypoint = nil })},
		"no init":                   {contract.RuleStart, "no init", config(func(c *v1.Config) { c.Entrypoint = []string{"/app/cart"} })},
		"an init not there":         {contract.RuleStart, "/opt/tini is not in the image", config(func(c *v1.Config) { c.Entrypoint[0] = "/opt/tini" })},
		"a dynamic init":            {contract.RuleStart, "not a static program", func(s *sample) { s.base["usr/sbin/tini"] = file{Body: executable(t, elf.PT_LOAD, elf.PT_INTERP)} }},
		"a text as init":            {contract.RuleStart, "not a static program", func(s *sample) { s.base["usr/sbin/tini"] = file{Body: "tini"} }},
		"another init": {contract.RuleStart, "the stack's is /sbin/tini", func(s *sample) {
			s.opt.Stack = stack()
			s.base["opt/tini"] = file{Body: program}
			s.config.Entrypoint[0] = "/opt/tini"
		}},
		"another signal": {contract.RuleStart, "SIGKILL", config(func(c *v1.Config) { c.StopSignal = "SIGKILL" })},

		"no kind":      {contract.RuleKind, slipway.LabelKind, label(slipway.LabelKind, "")},
		"no port":      {contract.RuleKind, "PORT is", config(func(c *v1.Config) { c.Env = nil })},
		"another port": {contract.RuleKind, "8081 is not exposed", env("PORT=8081")},
		"no health command": {contract.RuleKind, "is not a command", func(s *sample) {
			s.config.Labels[slipway.LabelKind], s.config.ExposedPorts = "worker", nil
			s.config.Labels[slipway.LabelHealth] = "/app/cart --alive"
		}},
		"a release in shell form": {contract.RuleKind, slipway.LabelRelease, label(slipway.LabelRelease, "/app/cart migrate")},
		"no health path":          {contract.RuleKind, slipway.LabelHealth, label(slipway.LabelHealth, "")},

		"a private address": {contract.RuleConfig, "192.168.1.20", env("DB=postgres://192.168.1.20:5432/cart")},
		"a private IPv6":    {contract.RuleConfig, "fd00::1", env("DB=http://[fd00::1]:80/")},
		"localhost":         {contract.RuleConfig, "localhost", env("CACHE=redis://localhost:6379")},
		"a home directory":  {contract.RuleConfig, "/home/jane/config", env("CONFIG=/home/jane/config")},
		"a host argument":   {contract.RuleConfig, "127.0.0.1", config(func(c *v1.Config) { c.Cmd = []string{"--db=127.0.0.1:5432"} })},

		"a log variable": {contract.RuleLogs, "LOG_FILE", env("LOG_FILE=/app/data/cart.log")},
		"a log argument": {contract.RuleLogs, "--log-file", config(func(c *v1.Config) { c.Cmd = []string{"--log-file=/tmp/x"} })},
		"a log":          {contract.RuleLogs, "/app/npm-debug.log", add("app/npm-debug.log", file{})},
		"a log folder":   {contract.RuleLogs, "/var/log/cart", add("var/log/cart", file{})},

		"no title":           {contract.RuleLabels, slipway.LabelTitle, label(slipway.LabelTitle, "")},
		"no plan":            {contract.RuleLabels, slipway.LabelPlan, label(slipway.LabelPlan, "")},
		"another contract":   {contract.RuleLabels, `"0"`, label(slipway.LabelContract, "0")},
		"not a service name": {contract.RuleLabels, `"Cart"`, label(slipway.LabelService, "Cart")},
		"not stamped":        {contract.RuleLabels, slipway.LabelRevision, unstamp},
		"no time":            {contract.RuleLabels, `"yesterday"`, label(slipway.LabelCreated, "yesterday")},

		"over the budget": {contract.RuleSize, "the budget is 100", func(s *sample) { s.opt.Stack = stack(); s.opt.Stack.Budget = 100 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := good(program)
			test.change(s)
			report := s.check(t)
			if !report.Failed() {
				t.Fatal("the report says that the image is good")
			}
			if len(names(report, test.rule, test.says)) == 0 {
				t.Errorf("no finding of %s names %s; all: %q", test.rule, test.says, names(report, "", ""))
			}
		})
	}
}

// names gives the messages of a rule that contain a text; of all rules for
// "". Every message must begin with its rule and come with a hint.
func names(r contract.Report, rule contract.Name, text string) []string {
	var found []string
	for _, result := range r.Results {
		for _, f := range result.Findings {
			wellFormed := strings.HasPrefix(f.Message, string(result.Rule)+": ") && f.Hint != ""
			if (rule == "" || rule == result.Rule) && strings.Contains(f.Message, text) && wellFormed {
				found = append(found, f.Message)
			}
		}
	}
	return found
}

func TestCheckWithoutBase(t *testing.T) {
	t.Parallel()
	s := good(executable(t, elf.PT_LOAD))
	s.marks = false
	s.layers[0]["app/.git/config"] = file{}
	s.base["dev/null"] = file{Type: tar.TypeChar}
	s.base["var/lib/apt/lists/lock"] = file{}
	report := s.check(t)
	status := map[contract.Name]contract.Status{}
	for _, r := range report.Results {
		status[r.Rule] = r.Status
		if r.Status == contract.Skipped && !strings.HasPrefix(r.Reason, string(r.Rule)+": ") {
			t.Errorf("%s is skipped without its name in the reason %q", r.Rule, r.Reason)
		}
	}
	for rule, want := range map[contract.Name]contract.Status{
		contract.RuleLayers: contract.Skipped, contract.RuleSize: contract.Skipped, contract.RuleStartUp: contract.Skipped,
		contract.RuleLean: contract.Fail, contract.RuleUser: contract.Pass, contract.RuleLogs: contract.Pass,
	} {
		if status[rule] != want {
			t.Errorf("%s: %s, want %s", rule, status[rule], want)
		}
	}
}

func TestCheckBoundsFindings(t *testing.T) {
	t.Parallel()
	s := good(executable(t, elf.PT_LOAD))
	for i := range 100 {
		s.layers[0]["app/.git/"+strings.Repeat("x", i+1)] = file{}
	}
	report := s.check(t)
	for _, r := range report.Results {
		if r.Rule == contract.RuleLean && (len(r.Findings) != 20 || !slices.Contains(r.Notes, "80 more of the same")) {
			t.Errorf("got %d findings and the notes %q, want 20 and the number of the others", len(r.Findings), r.Notes)
		}
	}
}

func TestCheckBrokenLayers(t *testing.T) {
	t.Parallel()
	img := imagetest.Image(t, v1.Config{}, imagetest.Add(imagetest.Raw(t, []byte(strings.Repeat("not an archive", 100))), ""))
	report, err := contract.Check(t.Context(), img, contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(names(report, contract.RuleLayers, "layer 1 cannot be read")) != 1 {
		t.Errorf("got %q", names(report, "", ""))
	}
}

func TestReportJSON(t *testing.T) {
	t.Parallel()
	s := good(executable(t, elf.PT_LOAD))
	s.config.User = ""
	raw, err := json.Marshal(s.check(t))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Image, Contract string
		Results         []map[string]any
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for i, r := range report.Results {
		if r["rule"] != string(contract.Rules()[i].Name) {
			t.Errorf("result %d is of %v", i, r["rule"])
		}
		rules = append(rules, slices.Sorted(maps.Keys(r))...)
	}
	if !strings.HasPrefix(report.Image, "sha256:") || report.Contract != "1" || !slices.Contains(rules, "findings") {
		t.Errorf("got %s", raw)
	}
}
