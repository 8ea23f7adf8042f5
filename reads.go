package slipway

import (
	"slices"
	"strings"
)

// ValidReads tells whether a pattern names repositories of a host, as
// Connection.Reads has them: TEAM/NAME, TEAM/* for all below, * for all.
func ValidReads(pattern string) bool {
	path := strings.TrimSuffix(pattern, "/*")
	if path == "*" {
		return path == pattern
	}
	clean := !strings.Contains(path, "*") && path == strings.Trim(path, "/") && !strings.HasSuffix(path, ".git")
	return clean && SSHRepository{Host: "host", Path: path}.Validate() == nil
}

// MayRead tells whether the steps of a build may read a repository over ssh
// with the key that fetches it: its own one, and of the same host and port
// those that Reads names. What a key opens at a forge is often more than who
// pushes here may see there, and the files that name repositories are theirs.
func (o Origin) MayRead(r SSHRepository) bool {
	own, err := ParseSSHRepository(o.URL)
	if err != nil || r.Authority() != own.Authority() {
		return false
	}
	path := strings.TrimPrefix(r.Name(), r.Authority()+"/")
	return r.Name() == own.Name() || slices.ContainsFunc(o.Reads, func(pattern string) bool {
		group, all := strings.CutSuffix(pattern, "*")
		return path == pattern || all && ValidReads(pattern) && strings.HasPrefix(path, group)
	})
}
