package worker

import "errors"

// Why an attempt ends before its build does.
var (
	errStale   = errors.New("the attempt's turn has passed") // nothing is to be said any more
	errDrained = errors.New("its worker stopped")
	errFenced  = errors.New("its worker lost touch with the control plane")
	errNoLog   = errors.New("its log could not be kept")
)

// errNoSource marks what went wrong before a build began: its repository does
// not answer, which is nobody's strike, however long it takes.
var errNoSource = errors.New("the commit was not to be had")

// noSourceError marks an error so; what it says stays the same.
type noSourceError struct{ error }

func (e noSourceError) Unwrap() []error { return []error{e.error, errNoSource} }
