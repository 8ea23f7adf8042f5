package slipway

// Settings are an organisation's: given once, they reach each build step in
// the form that its tools read, and never a layer or a cache key.
type Settings struct {
	CA      []byte            // PEM bundle that build steps and the daemon trust; nil: the build image's own
	Proxy   Proxy             // the way out of the machine
	Go      map[string]string // GOPROXY, GOSUMDB, GOPRIVATE, GONOSUMDB, GONOPROXY, GOINSECURE, GOVCS as `go env` has them
	Netrc   []byte            // credentials of private hosts, netrc format; secret
	Debian  DebianMirror      // where apt packages come from
	Tools   map[Tool][]byte   // settings files in the tools' own forms; may hold credentials
	Private []string          // host names of mirrors that the operator named; these may have private addresses
}

// Proxy is an HTTP proxy of the organisation. Values may hold credentials.
type Proxy struct {
	HTTP  string // URL or host:port; "" none
	HTTPS string
	No    string // comma-separated, as Go's httpproxy reads it
}

// DebianMirror is where Debian packages come from.
type DebianMirror struct {
	URL      string // archive root, with or without a final slash; "" the distribution's default
	Security string // security archive root; "" the distribution's default
}

// Tool is a package manager that reads a settings file.
type Tool string

// The tools, and the form of their files.
const (
	ToolNpm    Tool = "npm"    // npmrc, which pnpm reads, too
	ToolPip    Tool = "pip"    // pip.conf
	ToolUV     Tool = "uv"     // uv.toml
	ToolMaven  Tool = "maven"  // settings.xml
	ToolGradle Tool = "gradle" // init.gradle
	ToolCargo  Tool = "cargo"  // config.toml, with credentials
	ToolSbt    Tool = "sbt"    // repositories, without credentials

	// ToolCoursier is what fetches packages for sbt: credentials.properties.
	ToolCoursier Tool = "coursier"

	// ToolGradleDistributions is no tool's own file: the URL of a directory
	// that has Gradle's distributions under the names that their makers gave.
	ToolGradleDistributions Tool = "gradle-distributions"

	// ToolRustDistributions is no file of a tool either: the URL that rustup
	// knows as RUSTUP_DIST_SERVER.
	ToolRustDistributions Tool = "rust-distributions"
)

// Tools lists them.
func Tools() []Tool {
	return []Tool{ToolNpm, ToolPip, ToolUV, ToolMaven, ToolGradle, ToolCargo, ToolSbt, ToolCoursier, ToolGradleDistributions, ToolRustDistributions}
}

// SettingsPath is where a step that reaches package registries finds the
// file, when the organisation has one.
func (t Tool) SettingsPath() string {
	return "/run/slipway/" + map[Tool]string{
		ToolNpm: "npmrc", ToolPip: "pip.conf", ToolUV: "uv.toml", ToolMaven: "settings.xml", ToolGradle: "init.gradle", ToolCargo: "cargo.toml",
		ToolSbt: "sbt.repositories", ToolCoursier: "coursier.properties",
		ToolGradleDistributions: "gradle-distributions", ToolRustDistributions: "rust-distributions",
	}[t]
}
