package slipway

import (
	"context"
	"errors"
)

// Problem is an Error as it travels: between worker and control plane, in the
// API's answers (RFC 9457 calls the sentence "title") and in the output of
// commands. The cause is in the message; it does not travel by itself.
type Problem struct {
	Code    Code     `json:"code"`
	Class   Class    `json:"class,omitempty"`
	Message string   `json:"message"`
	Hint    string   `json:"hint,omitempty"`
	Details []string `json:"details,omitempty"`
}

// ProblemOf gives err as a Problem; nil for nil.
func ProblemOf(err error) *Problem {
	switch e, ok := errors.AsType[*Error](err); {
	case err == nil:
		return nil
	case ok:
		return &Problem{Code: e.Code, Class: e.Class, Message: err.Error(), Hint: e.Hint, Details: e.Details}
	case errors.Is(err, context.Canceled):
		return &Problem{Code: CodeUnavailable, Message: "interrupted"}
	default:
		return &Problem{Code: CodeInternal, Message: err.Error()}
	}
}

// Err gives the Error that a Problem was; nil for nil.
func (p *Problem) Err() error {
	if p == nil {
		return nil
	}
	return &Error{Code: p.Code, Class: p.Class, Message: p.Message, Hint: p.Hint, Details: p.Details}
}
