package slipway

// Tests says which step runs the service's tests. That step always ends with
// 0 and leaves, in its output mount, the tests' own exit code in the file
// TestsExit and their reports below TestsReports.
type Tests struct {
	Output Output `json:"output"`
}

// The files that the step of Tests leaves in its output.
const (
	TestsExit    = "exit"    // decimal
	TestsReports = "reports" // directory; JUnit XML files, at most one level deep
)
