//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeclared builds a service about which slipway.yaml says more than that
// it is there: a build command with a secret, and tests with reports.
func TestDeclared(t *testing.T) { //nolint:tparallel // its parts share one engine and come one after another
	t.Parallel()
	s := upWith(t)
	t.Run("a secret", s.declaredSecret)
	t.Run("tests", s.declaredTests)
}

// declared writes a Go service of kind task.
func declared(t *testing.T, manifest string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "slipway.yaml"), "services:\n  - kind: task\n"+manifest)
	write(t, filepath.Join(dir, "go.mod"), "module example.com/task\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\"done\") }\n")
	write(t, filepath.Join(dir, "main_test.go"), "package main\n\nimport \"testing\"\n\nfunc TestNothing(t *testing.T) {}\n")
	return dir
}

func (s *shared) declaredSecret(t *testing.T) {
	const value = "to ken/of+the=house"
	dir := declared(t, `
    secrets: [TOKEN]
    commands:
      build: |
        echo "raw $TOKEN"; echo "base64 $(printf %s "$TOKEN" | base64)"; echo "url to+ken%2Fof%2Bthe%3Dhouse"
        go build -o "$SLIPWAY_OUTPUT" .
`)
	o := s.run(t, "build", dir, "--service", "declared/secret")
	if o.code != 2 || !strings.Contains(o.stderr, "--secret TOKEN") {
		t.Errorf("without a value: exit code %d\n%s", o.code, o.stderr)
	}
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, value)
	r := s.build(t, dir, "--service", "declared/secret", "--secret", "TOKEN=@"+file)
	log, err := os.ReadFile(filepath.Join(s.data, "logs", "builds", "declared-secret.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value))} {
		if strings.Contains(r.stderr, form) || bytes.Contains(log, []byte(form)) {
			t.Errorf("the log has %q:\n%s", form, r.stderr)
		}
	}
	if n := strings.Count(r.stderr, "***"); n < 3 {
		t.Errorf("%d forms are masked, want 3:\n%s", n, r.stderr)
	}
	s.holdsNot(t, "declared/secret:"+r.Image.Tag, value)
	if again := s.build(t, dir, "--service", "declared/secret", "--secret", "TOKEN=@"+file); !again.Known {
		t.Error("the same again is built again")
	}
}

// holdsNot fails when an image has a text anywhere: in its manifest, its
// configuration or a file.
func (s *shared) holdsNot(t *testing.T, name, text string) {
	t.Helper()
	img := fetch(t, s.images(), name)
	manifest, err := img.RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.RawConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]byte{manifest, config}
	for _, l := range layers {
		body, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		_ = body.Close()
		parts = append(parts, raw)
	}
	for i, part := range parts {
		if bytes.Contains(part, []byte(text)) {
			t.Errorf("part %d of %s has %q", i, name, text)
		}
	}
}

func (s *shared) declaredTests(t *testing.T) {
	tests := func(exit string) string {
		return declared(t, `
    tests:
      command: |
        go vet . && go test . && mkdir -p out
        echo '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>' >out/one.xml
        exit `+exit+`
      reports: ["out/*.xml"]
`)
	}
	reports := t.TempDir()
	r := s.build(t, tests("0"), "--service", "declared/tests", "--reports", reports)
	if r.Tests == nil || r.Tests.Passed != 1 || r.Tests.Failed != 1 {
		t.Errorf("the tests are counted as %+v", r.Tests)
	}
	if got, err := os.ReadFile(filepath.Join(reports, "out-one.xml")); err != nil || !strings.Contains(string(got), "testcase") {
		t.Errorf("the report is %q, %v", got, err)
	}
	if len(r.Steps) != 2 {
		t.Errorf("the steps are %+v", r.Steps)
	}
	failed := t.TempDir()
	o := s.run(t, "build", tests("3"), "--service", "declared/failing", "--reports", failed)
	if o.code != 1 || !strings.Contains(o.stderr, "exit code 3: 1 passed, 1 failed") {
		t.Errorf("exit code %d\n%s", o.code, o.stderr)
	}
	if _, err := os.Stat(filepath.Join(failed, "out-one.xml")); err != nil {
		t.Errorf("the report of failing tests: %v", err)
	}
}
