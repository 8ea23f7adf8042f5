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

// problemOf is an error as it is shown. A person who interrupts a command is
// no failure of the platform.
func problemOf(err error) slipway.Problem {
	if errors.Is(err, context.Canceled) {
		return slipway.Problem{Code: "cancelled", Message: "interrupted"}
	}
	return *slipway.ProblemOf(err)
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
	if err := json.NewEncoder(w).Encode(map[string]slipway.Problem{"error": problemOf(err)}); err != nil {
		report(w, err) // the last place to say anything
	}
}
