package jenkins

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-ci/slipway"
)

// maxJob is the longest full name that is taken, in bytes.
const maxJob = 2000

// jobPath gives the escaped path of a job with the full name "a/b/c", as
// Jenkins shows it: "/job/a/job/b/job/c". Each part is escaped once: the
// branch job "feature%2Fx" is /job/feature%252Fx.
func jobPath(job string) (string, error) {
	if job == "" || len(job) > maxJob {
		return "", badName(job)
	}
	var path strings.Builder
	for part := range strings.SplitSeq(job, "/") {
		if !validPart(part) {
			return "", badName(job)
		}
		path.WriteString("/job/" + url.PathEscape(part))
	}
	return path.String(), nil
}

// folderPath is jobPath, where "" is the controller itself.
func folderPath(folder string) (string, error) {
	if folder == "" {
		return "", nil
	}
	return jobPath(folder)
}

// validPart tells whether Jenkins could have a job of that name. A name that
// ends with a space or a dot is made into another one on some systems.
func validPart(s string) bool {
	return s != "" && s != "." && s != ".." && utf8.ValidString(s) && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, unicode.IsControl) && !strings.ContainsAny(s, `\?*#:<>|"`)
}

func badName(job string) error {
	return slipway.Errorf(slipway.CodeUsage, "%.100q is not the full name of a Jenkins job", job).
		WithHint("write it as FOLDER/NAME, without /job/ and without a slash at its begin or end")
}

// split gives the folder that a job is in, "" for none, and its own name.
func split(job string) (folder, name string) {
	i := strings.LastIndexByte(job, '/')
	if i < 0 {
		return "", job
	}
	return job[:i], job[i+1:]
}

// placeOf reads a job's full name and a run's number, 0 for none, from an
// address or path of Jenkins', whatever comes before its first /job/.
func placeOf(address string) (job string, number int, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", 0, false
	}
	_, rest, found := strings.Cut(u.EscapedPath(), "/job/")
	if !found {
		return "", 0, false
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	names := []string{}
	for i := 0; ; i += 2 {
		name, err := url.PathUnescape(parts[i])
		if err != nil || !validPart(name) || strings.Contains(name, "/") {
			return "", 0, false
		}
		names = append(names, name)
		if i+2 >= len(parts) || parts[i+1] != "job" {
			parts = parts[i+1:]
			break
		}
	}
	if len(parts) > 0 {
		if number, err = strconv.Atoi(parts[0]); err != nil || number < 0 {
			number = 0
		}
	}
	return strings.Join(names, "/"), number, true
}

// subject says in people's words what a path is about.
func subject(path string) string {
	if _, item, ok := strings.Cut(path, "/queue/item/"); ok {
		id, _, _ := strings.Cut(item, "/")
		return "item " + id + " of its queue"
	}
	switch job, number, ok := placeOf(path); {
	case ok && number > 0:
		return "run " + strconv.Itoa(number) + " of " + job
	case ok:
		return "job " + job
	}
	return path
}
