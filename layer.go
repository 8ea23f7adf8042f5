package slipway

// Role of a layer above the run image; the image has them in this order.
type Role string

// The roles.
const (
	RoleRuntime      Role = "runtime"
	RoleDependencies Role = "dependencies"
	RoleProgram      Role = "program"
)

// Layer is one layer of the image above the run image, copied from exactly
// one of From and Source into the directory To, which the run image must not
// have; only a layer of Debian packages, which brings no directory that the
// run image has as anything else, goes to "/".
type Layer struct {
	Role   Role    `json:"role"`
	From   *Output `json:"from,omitempty"`
	Source *Source `json:"source,omitempty"`
	To     string  `json:"to"`
	// Dated files have a time that is a function of the service's input files
	// instead of the fixed one: web servers make ETags of size and time, and
	// with one time for ever a changed file of equal size would never be sent.
	Dated bool `json:"dated,omitempty"`
}
