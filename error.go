package slipway

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is. One table in cmd/slipway maps
// codes to exit codes, one in api maps them to HTTP status.
type Code string

// The codes, each with who can mend it.
const (
	// CodeUsage is a wrong flag, argument or configuration value: the caller.
	CodeUsage Code = "usage"
	// CodeInvalid is a repository that cannot be planned or built as it
	// stands: its developers.
	CodeInvalid Code = "invalid"
	// CodeNotFound is a name (ref, directory, image, stack) that is not there.
	CodeNotFound Code = "not_found"
	// CodeAmbiguous is a choice that Slipway refuses to guess; the evidence
	// lists the candidates.
	CodeAmbiguous Code = "ambiguous"
	// CodeForbidden is something that policy or a registry refuses.
	CodeForbidden Code = "forbidden"
	// CodeFailed is a build or a check that ran and failed.
	CodeFailed Code = "failed"
	// CodeLimit is a step or a build that hit one of its limits.
	CodeLimit Code = "limit"
	// CodeConflict is a report about something that has moved on since: a
	// stale attempt, a build that ended. Whoever gets it stops.
	CodeConflict Code = "conflict"
	// CodeBusy is a resource that another process holds; try again later.
	CodeBusy Code = "busy"
	// CodeUnavailable is a platform that does not answer: daemon, registry,
	// forge, disk; try again later.
	CodeUnavailable Code = "unavailable"
	// CodeInternal is everything that is not an *Error: a defect of Slipway.
	CodeInternal Code = "internal"
)

// Class says in a developer's words whose failure a failed build is.
type Class string

// The classes of a failed build.
const (
	ClassCode       Class = "your code"
	ClassDependency Class = "a dependency"
	ClassLimit      Class = "limit"
	ClassRegistry   Class = "a registry"
	ClassPlatform   Class = "platform"
)

// Error is the only error whose text a user is shown: a sentence that names
// the operand, a hint that says what to do, and the evidence.
type Error struct {
	Code    Code
	Class   Class    // of a failed build; empty elsewhere
	Message string   // one sentence, names the operand, no full stop
	Hint    string   // what to do about it; may be empty
	Details []string // evidence: compiler lines, candidates, what was looked for
	Err     error    // the cause; may be nil
}

// Error gives the sentence and, where the cause says more, the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// WithHint gives a copy of the error that says what to do.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// WithDetails gives a copy of the error with evidence.
func (e *Error) WithDetails(lines ...string) *Error {
	c := *e
	c.Details = lines
	return &c
}

// WithClass gives a copy of the error that says whose failure it is.
func (e *Error) WithClass(class Class) *Error {
	c := *e
	c.Class = class
	return &c
}

// Because gives a copy of the error with its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Errorf makes an Error; format and args are its sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode gives the code of the first Error in err's chain: "" for nil,
// CodeInternal when there is none.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// Passing tells an error that another try may not meet: the platform's, not
// the caller's. False for nil.
func Passing(err error) bool {
	switch ErrorCode(err) {
	case CodeBusy, CodeUnavailable, CodeInternal:
		return true
	default:
		return false
	}
}
