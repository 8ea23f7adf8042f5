package golang

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Rows are for docs/languages.md.
func (Adapter) Rows() []repo.Row { return slices.Concat(toolRows(), shapeRows()) }

func toolRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutManager, Name: "go", Does: "modules of go.mod and go.sum, checked against go.sum after each download", Trees: []string{"hello"}, Plans: []string{"simple"}},
		{About: repo.AboutManager, Name: "go, vendored", Does: "a vendor directory that agrees with go.mod is built without any download", Plans: []string{"vendor"}, Trees: []string{"vendored"}},
		{About: repo.AboutManager, Name: "go, private modules", Does: "credentials of the machine's netrc or of the server, GOPRIVATE and GOPROXY of the organisation", Plans: []string{"private-modules"}},
		{About: repo.AboutManager, Name: "go, private modules over ssh", Does: "of GOPRIVATE, where the machine's own git reads them by ssh (url.….insteadOf): with the keys of whoever builds, on a server with the connection's key for its own host; no step gets a key", Plans: []string{"private-modules"}},
		{About: repo.AboutVersion, Name: "go.mod", Does: "the go and toolchain lines are the least that will do", Trees: []string{"hello"}, Plans: []string{"toolchain-line"}},
		{About: repo.AboutVersion, Name: ".go-version", Does: "exactly that version", Trees: []string{"procfile"}, Plans: []string{"go-version-file"}},
		{About: repo.AboutVersion, Name: ".tool-versions", Does: "exactly that version", Trees: []string{"works"}, Plans: []string{"tool-versions-file"}},
		{About: repo.AboutVersion, Name: "mise.toml", Does: "exactly that version", Plans: []string{"mise"}},
	}
}

func shapeRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "commands in cmd/", Does: "the only one, the one of the service's name, `main:`, or the one that the Dockerfile beside is for", Plans: []string{"cmd-single", "cmd-by-service-name", "cmd-dockerfile"}, Trees: []string{"workspace"}},
		{About: repo.AboutShape, Name: "Procfile", Does: "chooses one of several programs, with its words and the release command; $PORT in them is written down, other variables need a shell; each other process is declared as a service of its own", Trees: []string{"procfile"}, Plans: []string{"procfile", "procfile-worker", "procfile-port"}},
		{About: repo.AboutShape, Name: "go.work", Does: "the modules of the workspace are built together; a service is any program of theirs", Trees: []string{"workspace"}, Plans: []string{"workspace"}},
		{About: repo.AboutShape, Name: "go.work, several services", Does: "each module's program is a service of its own, by its path", Trees: []string{"works"}, Plans: []string{"workspace-services"}},
		{About: repo.AboutShape, Name: "GOEXPERIMENT", Does: "set where a package needs it, with Go 1.25 and 1.26; or by `buildEnv:`", Trees: []string{"experiment"}, Plans: []string{"experiment", "experiment-declared"}},
		{About: repo.AboutShape, Name: "protobuf and gRPC, not committed", Does: "what a `//go:generate` line, a script of it, buf.gen.yaml or the only such target of a Makefile makes with protoc (Debian's) and plugins, each at the version of go.mod's tools or requirements; protoc-gen-go-grpc else at one of Slipway's", Trees: []string{"grpc", "protobuf"}, Plans: []string{"generated-protoc", "generated-beside", "generated-makefile", "generated-by-build"}},
		{About: repo.AboutShape, Name: "buf", Does: "as a tool of go.mod, with local plugins; refused with plugins or protocols of buf's own registry, which steps do not reach", Plans: []string{"generated-buf-tool", "generated-missing", "generated-buf-remote", "generated-buf-deps"}},
		{About: repo.AboutShape, Name: "other generated code", Does: "refused where it is not committed and no `commands.build` makes it, with what would", Plans: []string{"generated-templ", "generated-plugin-unknown", "generated-fetched-tool", "generated-edition"}},
		{About: repo.AboutShape, Name: "TinyGo", Does: "refused: services are compiled with Go", Plans: []string{"tinygo"}},
		{About: repo.AboutShape, Name: "sub-commands", Does: "of Cobra, urfave/cli and Kong: a web service whose program does nothing without one is started with serve, or the only one of such a name", Trees: []string{"commands"}, Plans: []string{"subcommand-cobra", "subcommand-root", "subcommand-urfave", "subcommand-kong"}},
		{About: repo.AboutShape, Name: "a port of its own", Does: "where nothing reads PORT, it is what the program listens on by itself: in a call, a flag, a setting's default or a tag", Plans: []string{"port-fixed", "port-flag", "port-in-default"}},
		{About: repo.AboutShape, Name: "health", Does: "a path of custom among the sources (/healthz, /health, /ping), where they have no page at /; else /", Plans: []string{"port-flag"}},
		{About: repo.AboutShape, Name: "standard library alone", Does: "no dependency step at all", Trees: []string{"stdlib"}, Plans: []string{"no-dependencies"}},
		{About: repo.AboutShape, Name: "//go:embed", Does: "files that the program embeds are inputs of the compile step and no others", Trees: []string{"procfile"}, Plans: []string{"embed-directory", "embed-files"}},
		{About: repo.AboutShape, Name: "a front end of Node.js", Does: "what `//go:embed` names and a package.json builds is built first, with Node.js; or `frontend:`", Trees: []string{"frontend"}, Plans: []string{"frontend-embedded", "frontend-declared", "frontend-read", "frontend-committed"}},
		{About: repo.AboutShape, Name: "several front ends", Does: "each with an output directory of its own is built; `frontend:` as a list; `frontend: false` builds none", Trees: []string{"frontends"}, Plans: []string{"frontend-two", "frontend-list", "frontend-none", "frontend-same", "frontend-inside", "frontend-list-inside"}},
		{About: repo.AboutShape, Name: "files read at run time", Does: "templates, settings that Viper finds, and the like go into a layer of their own", Trees: []string{"procfile"}, Plans: []string{"data-beside", "data-below", "settings-viper"}},
		{About: repo.AboutShape, Name: "a build command of one's own", Does: "`commands.build` leaves the program at $SLIPWAY_OUTPUT", Trees: []string{"sqlite"}, Plans: []string{"declared-build"}},
		{About: repo.AboutShape, Name: "tests in the build", Does: "`tests:` runs them without a network", Trees: []string{"procfile"}, Plans: []string{"tests"}},
		{About: repo.AboutShape, Name: "no server", Does: "a task, where no package of the program listens, waits or comes of a module that may serve; a worker, where it takes from a queue, serves gRPC alone or goes round; a web service otherwise", Plans: []string{"kind-command", "kind-queue", "kind-grpc", "kind-loop", "kind-told-to-stop", "kind-foreign"}},
		{About: repo.AboutShape, Name: "an address of the loopback", Does: "a variable that it is the default of is set; else the plan says where it is listened on, and that nobody else reaches it", Plans: []string{"loopback", "loopback-inside", "loopback-flag", "loopback-fiber", "host-variable"}},
		{About: repo.AboutSystem, Name: "cgo", Does: "on where C is needed; Debian's packages of well-known libraries are found by the #cgo lines", Trees: []string{"cgo", "sqlite"}, Plans: []string{"cgo", "cgo-libraries"}},
	}
}
