package assemble

// The public registries, as the languages' own clients have them compiled in.
const (
	publicNpm   = "https://registry.npmjs.org"
	publicPyPI  = "https://pypi.org/simple"
	publicMaven = "https://repo.maven.apache.org/maven2"
)
