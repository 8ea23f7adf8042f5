package assemble

import (
	"github.com/slipway-ci/slipway"
)

// registries are where packages come from: base addresses without a final
// slash.
type registries struct{ npm, pypi, maven string }

// registriesOf gives those of the settings, else the public ones, as each
// language's own client has them compiled in.
func registriesOf(slipway.Settings) registries { return registries{npm: publicNpm, pypi: publicPyPI, maven: publicMaven} }
