package slipway

import "time"

// TeamRole is what a token's holder is in a team, or, with no team, everywhere.
type TeamRole string

// The roles; each may what those after it may.
const (
	RoleOperator   TeamRole = "operator"   // runs the platform: teams, workers, every token; has no team
	RoleMaintainer TeamRole = "maintainer" // owns a team: connections, secrets, tokens, approvals
	RoleDeveloper  TeamRole = "developer"  // builds, cancels, retries
	RoleViewer     TeamRole = "viewer"     // reads
	RoleWorker     TeamRole = "worker"     // lends a machine: takes jobs, reads nothing else; none of the others may what it may
)

// Covers tells whether a holder of r may do what needs the other role.
func (r TeamRole) Covers(need TeamRole) bool {
	rank := map[TeamRole]int{RoleViewer: 1, RoleDeveloper: 2, RoleMaintainer: 3, RoleOperator: 4}
	if r == RoleWorker || need == RoleWorker {
		return r == need
	}
	return rank[r] > 0 && rank[need] > 0 && rank[r] >= rank[need]
}

// Token is an API token. Its text is shown once, when it is made; the record
// has a hash of it.
type Token struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`           // for people: who or what has it
	Team    string    `json:"team,omitempty"` // "" is every team
	Role    TeamRole  `json:"role"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"` // roughly
}

// AuditEntry says who did what.
type AuditEntry struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`    // a token's name, a forge's user, or slipway
	Did    string    `json:"did"`    // "service.add"
	Target string    `json:"target"` // "shop/cart"
	Team   string    `json:"team,omitempty"`
}
