package contract

import (
	"regexp"
	"strings"
)

var numericUser = regexp.MustCompile(`^[0-9]+(:[0-9]+)?$`)

func checkUser(s *subject) outcome {
	var o outcome
	user := s.file.Config.User
	uid, _, _ := strings.Cut(user, ":")
	switch {
	case user == "":
		o.find("set USER "+User, "no user is set, so the program runs as root")
	case strings.Trim(uid, "0") == "" || uid == "root":
		o.find("set USER "+User, "the user is %q, which is root", user)
	case !numericUser.MatchString(user):
		o.find("set USER "+User, "the user %q is not numeric, so nobody can tell from outside that it is not root", user)
	}
	if _, ok := s.file.Config.Volumes["/tmp"]; !ok {
		o.find("declare VOLUME /tmp", "/tmp is not a volume, so programs that need it fail on a read-only root")
	}
	return o
}
