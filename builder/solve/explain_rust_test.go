package solve

import (
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
)

// The lines are cargo's own, of 1.75 and 1.95, and those of the step that
// fetches a release.
func TestHintRust_says_whose_failure_it_is(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines string
		class slipway.Class
		says  string
	}{
		"no token":          {"error: failed to get `corp-words` as a dependency of package `x v0.1.0 (/src)`\n\nCaused by:\n  no token found for `my-corp`, please run `cargo login --registry my-corp`\n  or use environment variable CARGO_REGISTRIES_MY_CORP_TOKEN", slipway.ClassDependency, "CARGO_REGISTRIES_MY_CORP_INDEX and _TOKEN"},
		"wrong token":       {"  token rejected for `corp`, please run `cargo login --registry corp`", slipway.ClassDependency, "the registry corp wants a token"},
		"unknown registry":  {"error: failed to parse manifest at `/src/Cargo.toml`\n\nCaused by:\n  registry index was not found in any configuration: `corp`", slipway.ClassCode, "[registries.corp] index"},
		"no crate":          {"error: no matching package named `nope` found\nlocation searched: crates.io index", slipway.ClassDependency, "has no nope"},
		"no version":        {"error: failed to select a version for the requirement `itoa = \"^99\"`\ncandidate versions found which didn't match: 1.0.19", slipway.ClassDependency, "has no itoa = \"^99\""},
		"lock":              {"error: cannot update the lock file /src/Cargo.lock because --locked was passed to prevent this", slipway.ClassCode, "run `cargo check` and commit Cargo.lock"},
		"lock, older cargo": {"error: the lock file /src/Cargo.lock needs to be updated but --locked was passed to prevent this", slipway.ClassCode, "commit Cargo.lock"},
		"nightly":           {"error[E0554]: `#![feature]` may not be used on the stable release channel", slipway.ClassCode, "nightly"},
		"too new":           {"error: rustc 1.85.0 is not supported by the following package:\n  foo@1.0.0 requires rustc 1.90", slipway.ClassCode, "needs a newer Rust"},
		"build script":      {"error: failed to run custom build command for `openssl-sys v0.9.104`\n  Could not find directory of OpenSSL installation", slipway.ClassDependency, "the crate openssl-sys 0.9.104"},
		"pkg-config":        {"error: failed to run custom build command for `alsa-sys v0.3.1`\n  The system library `alsa` required by crate `alsa-sys` was not found.", slipway.ClassDependency, "alsa-sys needs the library alsa"},
		"git":               {"  failed to clone into: /var/cache/cargo/git/db/foo-1\n- GET https://git.example/foo/info/refs?service=git-upload-pack -> 401", slipway.ClassDependency, "credentials for its host"},
		"no release":        {"slipway: there is no Rust 1.80.7 at https://mirror.example; the newest 1.80 is 1.80.1", slipway.ClassCode, "write 1.80.1 in"},
		"no such minor":     {"slipway: there is no Rust 1.200.0 at https://mirror.example; the newest is 1.99.1", slipway.ClassCode, "write 1.99.1 in"},
		"an empty mirror":   {"slipway: there is no Rust 1.80.0 at https://mirror.example", slipway.ClassCode, "whichever names 1.80.0"},
		"no target":         {"slipway: Rust 1.80.0 has no rust-std for x86_64-unknown-linux-musl", slipway.ClassCode, "leave the target x86_64-unknown-linux-musl out"},
		"another toolchain": {"slipway: Rust 1.81.0 is not what it should be: the SHA-256 of https://mirror.example/dist/2024/rustc-1.80.0-x86_64-unknown-linux-gnu.tar.xz is 8145932438f1ed201899a2631add6e9c9c9731515c33e0e73447214e6b1bfb4c, not 08145932438f1ed201899a2631add6e9c9c9731515c33e0e73447214e6b1bfb4c", slipway.ClassDependency, "-gnu.tar.xz is damaged"},
		"newer lock file":   {"error: failed to parse lock file at: /src/Cargo.lock\n\nCaused by:\n  lock file version `4` was found, but this version of Cargo does not understand this lock file, perhaps Cargo needs to be updated?", slipway.ClassCode, "Cargo.lock is of the version 4"},
		"unreached mirror":  {"E: Failed to fetch http://127.0.0.1:1/x/dist/channel-rust-1.80.0.toml.sha256  Could not connect to 127.0.0.1:1 (127.0.0.1). - connect (111: Connection refused)\nE: Download Failed\nslipway: Rust 1.80.0 cannot be fetched from http://127.0.0.1:1/x/dist/channel-rust-1.80.0.toml.sha256", slipway.ClassDependency, "RUSTUP_DIST_SERVER"},
		"linker":            {"  = note: /usr/bin/ld: cannot find -lpq: No such file or directory", slipway.ClassDependency, "the library pq"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			class, hint, ok := hintRust(slipway.Plan{Language: slipway.LanguageRust}, strings.Split(test.lines, "\n"))
			if !ok || class != test.class || !strings.Contains(hint, test.says) {
				t.Errorf("%t, %s, %q; want %s and %q", ok, class, hint, test.class, test.says)
			}
		})
	}
}

func TestHintRust_is_silent_about_what_it_does_not_know(t *testing.T) {
	t.Parallel()
	for _, lines := range [][]string{
		{"error[E0425]: cannot find value `x` in this scope", " --> src/main.rs:2:5", "error: could not compile `hello` (bin \"hello\") due to 1 previous error"},
		{"error: failed to run custom build command for `hello v0.1.0 (/src)`"},
		{"  failed to clone into: /var/cache/cargo/git/db/foo-1", "- GET https://git.example/foo/info/refs?service=git-upload-pack -> 502"}, // the proxy did not reach it: credentials do not help
	} {
		if class, hint, ok := hintRust(slipway.Plan{Language: slipway.LanguageRust}, lines); ok {
			t.Errorf("%s, %q of %q", class, hint, lines)
		}
	}
	if _, _, ok := hintRust(slipway.Plan{Language: slipway.LanguageGo}, []string{"no token found for `corp`"}); ok {
		t.Error("a Go service got a hint for Rust")
	}
}
