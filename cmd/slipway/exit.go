package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/slipway-ci/slipway"
)

// Exit codes of the command line; other people's programs rely on them.
const (
	exitDone      = 0
	exitFailed    = 1  // the build or check failed: the user's to mend
	exitUsage     = 2  // wrong usage or configuration
	exitTransient = 75 // transient, or the platform's (EX_TEMPFAIL of sysexits.h)
)

// exitCode maps an error to an exit code; this is the only such table.
func exitCode(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitTransient
	}
	switch slipway.ErrorCode(err) {
	case "":
		return exitDone
	case slipway.CodeUsage:
		return exitUsage
	case slipway.CodeInvalid, slipway.CodeNotFound, slipway.CodeAmbiguous,
		slipway.CodeForbidden, slipway.CodeFailed, slipway.CodeLimit, slipway.CodeConflict:
		return exitFailed
	case slipway.CodeBusy, slipway.CodeUnavailable, slipway.CodeInternal:
		return exitTransient
	default:
		return exitTransient
	}
}

// problem is an error as --output json shows it.
type problem struct {
	Code    slipway.Code  `json:"code"`
	Class   slipway.Class `json:"class,omitempty"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	Details []string      `json:"details,omitempty"`
}

func problemOf(err error) problem {
	if errors.Is(err, context.Canceled) {
		return problem{Code: "cancelled", Message: "interrupted"}
	}
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		return problem{Code: slipway.CodeInternal, Message: err.Error()}
	}
	return problem{Code: e.Code, Class: e.Class, Message: err.Error(), Hint: e.Hint, Details: e.Details}
}

// report writes an error for a person: the evidence first, then the
// sentence, the class and the hint, so that the last lines on the screen say
// what to do.
func report(w io.Writer, err error) {
	p := problemOf(err)
	for _, d := range p.Details {
		fmt.Fprintf(w, "  %s\n", printable(d))
	}
	class := ""
	if p.Class != "" {
		class = " [" + string(p.Class) + "]"
	}
	fmt.Fprintf(w, "slipway: %s%s\n", printable(p.Message), class)
	if p.Hint != "" {
		fmt.Fprintf(w, "  hint: %s\n", printable(p.Hint))
	}
}

func reportJSON(w io.Writer, err error) {
	if err := json.NewEncoder(w).Encode(map[string]problem{"error": problemOf(err)}); err != nil {
		report(w, err) // the last place to say anything
	}
}
