package rest

// Finding is one thing that was looked at, in the form of `slipway doctor`.
type Finding struct {
	Check  string `json:"check"`          // what was looked at
	Status string `json:"status"`         // ok, warn or fail
	Found  string `json:"found"`          // what is there, in a sentence
	Mend   string `json:"mend,omitempty"` // one command or sentence; empty when Status is ok
}

// The statuses of a Finding.
const (
	FindingOK   = "ok"
	FindingWarn = "warn" // pushes are built, something about them is not as it should be
	FindingFail = "fail" // pushes are not built
)

// ConnectionCheck is what was found on the way from a repository's hook to its
// images.
type ConnectionCheck struct {
	Connection int64     `json:"connection"`
	Findings   []Finding `json:"findings"`
}
