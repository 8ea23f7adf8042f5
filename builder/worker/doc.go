// Package worker is the worker of a service: it takes jobs, builds what they
// name with package builder, and tells the control plane what came of it.
//
// A job is a hint. What is to be built the worker learns when it claims it,
// and every report carries the attempt's number, by which the record refuses
// a worker whose turn has passed. So the worker may die at any moment, and be
// wrong about anything, without a build that is lost or counted twice.
//
// handle.go tells the story of a build, expand.go that of an event.
package worker
