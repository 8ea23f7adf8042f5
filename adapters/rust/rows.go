package rust

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Rows are for docs/languages.md.
func (Adapter) Rows() []repo.Row { return slices.Concat(toolRows(), shapeRows()) }

func toolRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutManager, Name: "cargo", Does: "what Cargo.lock says, fetched once and compiled offline", Trees: []string{"hello"}, Plans: []string{"simple"}},
		{About: repo.AboutManager, Name: "cargo, no lock file", Does: "resolved in the build, and built again after seven days", Trees: []string{"nolock"}, Plans: []string{"no-lock"}},
		{About: repo.AboutManager, Name: "cargo, vendored", Does: "the crates of .cargo/config.toml's directory, without any download", Trees: []string{"vendored"}, Plans: []string{"vendored"}},
		{About: repo.AboutManager, Name: "cargo, git dependencies", Does: "by https, with credentials of the machine's netrc", Plans: []string{"git-https"}, Why: "none could be reached where this was tried"},
		{About: repo.AboutManager, Name: "cargo, git dependencies over ssh", Does: "read for the step, which gets no key", Plans: []string{"git-ssh"}},
		{About: repo.AboutManager, Name: "cargo, git dependencies by git's own protocol", Does: "refused: the error says to name them by https", Plans: []string{"git-protocol"}},
		{About: repo.AboutVersion, Name: "rust-toolchain.toml", Does: "the release that it names: a stack's, else one that a step fetches (1.68 or newer; by RUSTUP_DIST_SERVER from a mirror) and compares with its checksums; `stable` is the stack's", Trees: []string{"toolchain", "files"}, Plans: []string{"fetch-exact", "fetch-minor", "fetch-too-old", "toolchain-exact", "toolchain-stable"}},
		{About: repo.AboutVersion, Name: "`version:` of slipway.yaml", Does: "the same", Plans: []string{"fetch-declared", "declared"}},
		{About: repo.AboutVersion, Name: "rust-version, edition", Does: "the least that will do; a rust-version newer than every stack is fetched", Trees: []string{"task"}, Plans: []string{"rust-version", "edition-2024", "fetch-rust-version"}},
		{About: repo.AboutVersion, Name: ".tool-versions, mise.toml", Does: "as rust-toolchain.toml, where there is none", Plans: []string{"mise"}},
		{About: repo.AboutVersion, Name: "nightly, beta, the toolchain of a day", Does: "refused: services are built with releases", Trees: []string{"nightly"}, Plans: []string{"toolchain-nightly", "toolchain-dated"}},
		{About: repo.AboutFramework, Name: "axum, actix and others", Does: "the program reads PORT", Trees: []string{"axum"}},
		{About: repo.AboutFramework, Name: "tonic", Does: "a worker, where there is no server of HTTP beside it; protoc of Debian where a build script calls prost or tonic", Trees: []string{"grpc"}, Plans: []string{"grpc"}},
		{About: repo.AboutFramework, Name: "Rocket", Does: "ROCKET_PORT and ROCKET_ADDRESS are set in the image", Trees: []string{"rocket"}, Plans: []string{"rocket"}},
	}
}

func shapeRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "several programs", Does: "the one of the service's name, default-run, `main:`, or the one that the Dockerfile beside is for; nothing is guessed", Trees: []string{"bins", "bins_unclear"}, Plans: []string{"bins-two", "bins-default-run", "bins-dockerfile"}},
		{About: repo.AboutShape, Name: "workspace", Does: "the member that the service is, with the members that it needs; patterns, exceptions and programs of several members", Trees: []string{"workspace", "members"}, Plans: []string{"workspace-member", "workspace-root-by-service-name", "workspace-excluded"}},
		{About: repo.AboutShape, Name: "features", Does: "`features:` of slipway.yaml", Trees: []string{"worker"}, Plans: []string{"declared"}},
		{About: repo.AboutShape, Name: "static program", Does: "a musl target of .cargo/config.toml, on the run image without a C library; a release that is fetched brings musl's standard library, a stack's links Debian's", Trees: []string{"static", "toolchain_musl"}, Plans: []string{"static-musl", "fetch-musl"}},
		{About: repo.AboutShape, Name: "a front end of Node.js", Does: "what rust-embed or include_dir names and a package.json builds is built first, with Node.js; or `frontend:`", Trees: []string{"frontend"}, Plans: []string{"frontend-embedded"}},
		{About: repo.AboutShape, Name: "files read at run time", Does: "templates, settings that the crate config finds, and the like go into a layer of their own", Trees: []string{"files"}, Plans: []string{"reads-files", "settings-by-name"}},
		{About: repo.AboutShape, Name: "sub-commands", Does: "of clap: a web service whose program does nothing without one is started with serve, or the only one of such a name", Plans: []string{"subcommand"}},
		{About: repo.AboutShape, Name: "a port of its own", Does: "where nothing reads PORT, it is what the program listens on by itself: in a call, a constant, or a variable's or an argument's default", Plans: []string{"port-fixed", "port-apart", "port-variable"}},
		{About: repo.AboutShape, Name: "tests in the build", Does: "`tests:` runs them without a network", Trees: []string{"task"}},
		{About: repo.AboutShape, Name: "no server", Does: "a task, where none of its crates serves and nothing listens or goes round; a worker, where it takes from a queue, serves gRPC alone or has a loop without an end or until it is told to stop; a web service otherwise", Plans: []string{"kind-told-to-stop", "kind-client", "worker", "kind-loop", "kind-foreign"}},
		{About: repo.AboutShape, Name: "an address of the loopback", Does: "a variable that it is the default of is set; else the plan says where it is listened on, and that nobody else reaches it", Plans: []string{"loopback", "loopback-apart", "port-variable"}},
		{About: repo.AboutShape, Name: "cdylib", Does: "refused: a library is no program; a module of Python is part of a Python service", Plans: []string{"library", "extension-of-python"}},
		{About: repo.AboutShape, Name: "compiled for a browser (Trunk, cargo-leptos)", Does: "refused with what to do: no stack has the target wasm32", Plans: []string{"trunk", "leptos", "wasm-target"}},
		{About: repo.AboutSystem, Name: "-sys crates", Does: "Debian's packages of well-known crates, for the build and in the image; libclang for bindgen", Trees: []string{"sqlite", "tls"}, Plans: []string{"system-libraries", "system-libraries-vendored"}},
	}
}
