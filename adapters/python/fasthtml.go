package python

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// sessionKey refuses an application of FastHTML that would write the key of
// its sessions beside itself when it starts: the program's files cannot be
// written, and each replica would have a key of its own.
func (p *planner) sessionKey(c candidate) error {
	m := p.modules[c.file]
	if m == nil || !strings.HasPrefix(c.origin, "fasthtml.") {
		return nil
	}
	value := m.assigned[c.object.name]
	given := slices.ContainsFunc(value, func(t token) bool { return t.text == "secret_key" || t.text == "key_fname" })
	for i := 1; i < len(value) && !given; i++ {
		given = value[i].text == "*" && value[i-1].text == "*" // others may be in **options
	}
	if given || p.speaksOf(".sesskey") {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s: FastHTML would write the key of its sessions beside the program, where nothing can be written", repo.Place(c.file, c.line)).
		WithHint("give it one, the same for every replica: %s = …(secret_key=os.environ['SESSION_KEY']), and name SESSION_KEY in secrets of slipway.yaml", c.object.name).
		WithClass(slipway.ClassCode)
}
