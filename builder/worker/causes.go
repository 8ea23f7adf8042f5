package worker

import "errors"

// Why an attempt ends before its build does.
var (
	errStale   = errors.New("the attempt's turn has passed") // nothing is to be said any more
	errDrained = errors.New("its worker stopped")
	errFenced  = errors.New("its worker lost touch with the control plane")
	errNoLog   = errors.New("its log could not be kept")
)
