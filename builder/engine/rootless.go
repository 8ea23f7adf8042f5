package engine

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Without root, the namespaces belong to a user namespace of ours, in which
// our own id is root and the ids that /etc/subuid and /etc/subgid give us are
// the other users. Debian's newuidmap and newgidmap (package uidmap) are the
// only programs that may map those. The network namespace is made inside, so
// it is as sealed as root's: no user-mode network stack is involved.

// idRange is a line of /etc/subuid or /etc/subgid.
type idRange struct{ first, count uint64 }

// minSubordinates is how many subordinate ids an image's files need at least:
// 65535 is nobody's usual neighbour, useradd(8) gives 65536.
const minSubordinates = 65536

// idMaps are the arguments of newuidmap and newgidmap.
type idMaps struct{ uid, gid []string }

// newIDMaps reads what the administrator gave this user.
func newIDMaps() (idMaps, error) {
	me, err := user.Current()
	if err != nil {
		return idMaps{}, rootlessError("this process has no user name", err)
	}
	for _, program := range []string{"newuidmap", "newgidmap"} {
		if _, err := exec.LookPath(program); err != nil {
			return idMaps{}, rootlessError("the program "+program+" is missing", err)
		}
	}
	uid, err := subordinate("/etc/subuid", me, me.Uid)
	if err != nil {
		return idMaps{}, err
	}
	gid, err := subordinate("/etc/subgid", me, me.Gid)
	if err != nil {
		return idMaps{}, err
	}
	return idMaps{uid: uid, gid: gid}, nil
}

func subordinate(path string, me *user.User, own string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, rootlessError("the file "+path+" cannot be read", err)
	}
	defer func() { _ = file.Close() }()
	ranges, err := parseSubordinates(file, me.Username, me.Uid)
	if err != nil {
		return nil, rootlessError("the file "+path+" cannot be read", err)
	}
	arguments := []string{"0", own, "1"}
	next := uint64(1)
	for _, r := range ranges {
		arguments = append(arguments, strconv.FormatUint(next, 10), strconv.FormatUint(r.first, 10), strconv.FormatUint(r.count, 10))
		next += r.count
	}
	if next < minSubordinates {
		return nil, rootlessError("the user "+me.Username+" has "+strconv.FormatUint(next-1, 10)+" ids in "+path+", an image needs "+strconv.Itoa(minSubordinates), nil)
	}
	return arguments, nil
}

// maxIDLines bounds the lines that the kernel takes for one map
// (user_namespaces(7)), less the one for ourselves.
const maxIDLines = 339

// parseSubordinates gives the ranges of a user, by name or number. Lines of
// another form are somebody else's and passed over (subuid(5)).
func parseSubordinates(r io.Reader, name, id string) ([]idRange, error) {
	var ranges []idRange
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Split(strings.TrimSpace(lines.Text()), ":")
		if len(fields) != 3 || fields[0] != name && fields[0] != id {
			continue
		}
		first, firstErr := strconv.ParseUint(fields[1], 10, 32)
		count, countErr := strconv.ParseUint(fields[2], 10, 32)
		if firstErr != nil || countErr != nil || count == 0 || first == 0 || len(ranges) == maxIDLines {
			continue
		}
		ranges = append(ranges, idRange{first: first, count: count})
	}
	return ranges, lines.Err()
}

// apply maps the ids of the user namespace that process pid is in.
func (m idMaps) apply(pid int) error {
	for program, arguments := range map[string][]string{"newuidmap": m.uid, "newgidmap": m.gid} {
		command := exec.Command(program, append([]string{strconv.Itoa(pid)}, arguments...)...) //nolint:noctx // ends at once
		if output, err := command.CombinedOutput(); err != nil {
			return rootlessError(program+" refuses the user's ids: "+strings.TrimSpace(string(output)), err)
		}
	}
	return nil
}

// userNamespaceHint names the system's switch that forbids what a user without
// root needs, or gives "".
func userNamespaceHint() string {
	for _, forbids := range [...]struct{ name, value string }{
		{"kernel.apparmor_restrict_unprivileged_userns", "1"}, // Ubuntu since 23.10
		{"kernel.unprivileged_userns_clone", "0"},             // Debian's kernels
		{"user.max_user_namespaces", "0"},
	} {
		value, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(forbids.name, ".", "/"))
		if err == nil && strings.TrimSpace(string(value)) == forbids.value {
			return "the system forbids users' own namespaces (" + forbids.name + " = " + forbids.value + "): change that, or run as root"
		}
	}
	return ""
}

// rootlessError is a refusal with what to install.
func rootlessError(sentence string, err error) error {
	e := slipway.Errorf(slipway.CodeUnavailable, "the build engine cannot run without root: %s", sentence).
		WithHint("install the Debian package uidmap and give the user 65536 ids: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER; or run as root").
		WithClass(slipway.ClassPlatform)
	if err != nil && !errors.Is(err, exec.ErrNotFound) {
		e = e.Because(err)
	}
	return e
}
