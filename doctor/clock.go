package doctor

import (
	"io/fs"
	"strings"
	"time"
)

// slack is how far a clock may lie behind a file before we say so: time zones
// of wrongly set hardware clocks are less than a day.
const slack = 24 * time.Hour

// clock compares the clock with the newest file that should be older than
// now. There is no asking the network: certificates and commit times would
// show a clock that is ahead; one that is behind shows here.
func (m Machine) clock(o Options) Finding {
	var newest time.Time
	var where string
	for _, name := range []string{o.Buildkitd, m.nearest(o.DataDir), "/etc", "/var/log", "/var/lib/dpkg/status"} {
		info, err := fs.Stat(m.Files, strings.TrimPrefix(name, "/"))
		if name == "" || name == "/" || err != nil {
			continue
		}
		if info.ModTime().After(newest) {
			newest, where = info.ModTime(), name
		}
	}
	now := m.Now.UTC().Format(time.RFC3339)
	if behind := newest.Sub(m.Now); behind > slack {
		return Fail("timedatectl set-ntp true, or: date --set=\"the right time\"",
			"the clock says %s, but %s was written %s later", now, where, behind.Round(time.Hour))
	}
	return OK("the clock says %s, and no file is newer", now)
}
