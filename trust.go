package slipway

// Trust says whose code a build runs, which decides what it may share. A
// BuildKit daemon serves one level.
type Trust string

// The levels.
const (
	// TrustMember is code of people who may push to the repository.
	TrustMember Trust = "member"
	// TrustStranger is code of anybody, as a pull request from a fork has it:
	// it gets no secrets, and neither its caches nor its images are ever used
	// by a build of a member.
	TrustStranger Trust = "stranger"
)
