package contract

import "fmt"

// Status of a rule after a check.
type Status string

// The states.
const (
	Pass    Status = "pass"
	Fail    Status = "fail"
	Skipped Status = "skipped" // with a Reason; neither good nor bad
)

// Report is what a check found, rule by rule in the contract's order.
type Report struct {
	Image    string   `json:"image"`    // digest of the manifest
	Contract string   `json:"contract"` // version of the contract
	Run      bool     `json:"run"`      // the image was run, too
	Results  []Result `json:"results"`
}

// Result of one rule.
type Result struct {
	Rule     Name      `json:"rule"`
	Says     string    `json:"says"` // what the rule demands
	Status   Status    `json:"status"`
	Reason   string    `json:"reason,omitempty"` // of Skipped
	Findings []Finding `json:"findings,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // what could not be looked at, or is good to know
}

// Finding is one violation.
type Finding struct {
	Message string `json:"message"` // "RULE: a sentence that names the file or value"
	Hint    string `json:"hint"`    // what to do about it
}

// Failed tells whether any rule is violated.
func (r Report) Failed() bool {
	for _, result := range r.Results {
		if result.Status == Fail {
			return true
		}
	}
	return false
}

// outcome is what one part of the check says of one rule.
type outcome struct {
	findings []Finding
	notes    []string
	skipped  string // why nothing could be said
	more     int    // findings beyond maxFindings, counted only
}

// maxFindings bounds what one part of a rule keeps of a hostile or hopeless
// image.
const maxFindings = 20

func (o *outcome) find(hint, format string, args ...any) {
	if len(o.findings) >= maxFindings {
		o.more++
		return
	}
	o.findings = append(o.findings, Finding{Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (o *outcome) note(format string, args ...any) {
	if len(o.notes) >= maxFindings {
		o.more++
		return
	}
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

// result sums up the parts of a rule.
func (r Rule) result(parts ...outcome) Result {
	result := Result{Rule: r.Name, Says: r.Says, Status: Pass}
	for _, part := range parts {
		for _, f := range part.findings {
			f.Message = string(r.Name) + ": " + f.Message
			result.Findings = append(result.Findings, f)
		}
		result.Notes = append(result.Notes, part.notes...)
		if part.more > 0 {
			result.Notes = append(result.Notes, fmt.Sprintf("%d more of the same", part.more))
		}
		if part.skipped != "" {
			result.Status, result.Reason = Skipped, string(r.Name)+": "+part.skipped
		}
	}
	if len(result.Findings) > 0 {
		result.Status, result.Reason = Fail, ""
	}
	return result
}
