package rust_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// Whatever Cargo's files say, there is a plan that can be run or an error
// that a person can read.
func FuzzAdapter_Plan(f *testing.F) {
	f.Add([]byte("[package]\nname = \"a\"\nedition = \"2021\"\n[dependencies]\nb = { path = \"b\" }\n"), []byte("[[package]]\nname = \"a\"\ndependencies = [\"b 1 (c)\"]\n"), []byte("[build]\ntarget = \"x86_64-unknown-linux-musl\"\nrustflags = [\"-C\"]\n"), []byte("[toolchain]\nchannel = \"1.85\"\n"), []byte("fn main() { serve(\"static\"); }"))
	f.Add([]byte("[workspace]\nmembers = [\"*\", \"**/x\", \"../y\"]\n[patch.crates-io]\nb = { path = \".\" }\n"), []byte(""), []byte("[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"b\"\n"), []byte("nightly"), []byte("\"\"\""))
	f.Add([]byte("[package]\nname = \"\"\nbuild = false\n[[bin]]\npath = \"..\"\n[lib]\npath = \"/\"\n"), []byte("version = 4\n"), []byte(""), []byte(""), []byte(""))
	f.Fuzz(func(t *testing.T, cargo, lock, config, toolchain, source []byte) {
		tree := fstest.MapFS{
			"Cargo.toml": {Data: cargo}, "Cargo.lock": {Data: lock}, ".cargo/config.toml": {Data: config}, "rust-toolchain": {Data: toolchain},
			"src/main.rs": {Data: source}, "b/Cargo.toml": {Data: cargo}, "b/src/lib.rs": {Data: source}, "static/a.css": {Data: nil},
		}
		for _, fetch := range []bool{false, true} {
			plan, err := adapters.Plan(adapters.Request{Tree: tree, Fetch: fetch})
			if err == nil {
				err = plan.Validate()
			}
			if e, ok := errors.AsType[*slipway.Error](err); err != nil && (!ok || e.Code == slipway.CodeInternal || e.Hint == "" && e.Code != slipway.CodeInvalid) {
				t.Fatalf("%v", err)
			}
		}
	})
}
