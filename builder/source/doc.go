// Package source reads what a build is made of: one commit of a git
// repository, straight from the object store and without a checkout, or the
// working tree of a directory without what git ignores.
//
// Bytes of a foreign server are only ever parsed in a child process that has
// memory, byte and time limits, and the child has one way out: a gate in this
// process that opens connections to one host and port, after it looked at the
// address it really dials. Two fetchers do the work, the system's git (shallow)
// and go-git (full history) where there is none; each has mirrors of its own,
// since a mirror with mixed depths loses objects.
//
// What is refused, always with a sentence that names it: entries whose names
// no checkout could have, file names that are not UTF-8, git LFS pointers (LFS
// objects are not fetched yet), submodules that cannot be had, special files.
// Attributes (eol, filter, export-ignore) are not applied: the tree has the
// bytes that were committed.
package source
