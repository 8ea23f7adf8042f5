package slipway

// Breach says what becomes of a Build whose image breaks a rule of the image
// contract.
type Breach string

// What may become of it.
const (
	BreachWarn Breach = "warn" // the log says so, and the Build counts it
	BreachFail Breach = "fail" // the Build fails, class your code
)

// Policy is what a team has decided, by the name of the rule. A rule that it
// does not name is as the worker has it.
type Policy map[string]Breach
