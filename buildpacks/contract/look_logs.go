package contract

import "path"

// lookLogs finds log files that were baked in: somebody's program wrote them
// during the build, or will.
func lookLogs(s *subject, e entry) {
	if !e.regular() || e.vendored() {
		return
	}
	if !s.known && !e.within("app") {
		return // a distribution's own, as far as anybody can tell
	}
	if e.within("var/log") || path.Ext(e.name) == ".log" {
		s.contents(RuleLogs).find("leave it out, and let the program log to stdout", "/%s in layer %d is a log file", e.name, e.layer)
	}
}
