// Package queue is what control plane and workers say to each other, over
// NATS. A server of its own runs inside the process, or there is a cluster
// somewhere; both sides are clients of it.
//
// Three things pass. Jobs lie in a stream of JetStream until a worker takes
// them: they are hints, each may be lost or come twice, and the record
// decides. Requests of workers are answered by the control plane (verbs.go):
// an answer means committed, and a worker asks until it has one, so every
// request may arrive more than once. Wake-ups are told to whoever listens
// just then.
//
// A worker's name is a part of every subject that it may use, and the
// server's permissions bind it to its user (Permissions): the control plane
// reads the name from there and never from what a worker says.
package queue
