package doctor

import (
	"strconv"
	"strings"

	"github.com/moby/sys/user"
)

// userNamespaces wants a kernel that lets a user without root make one.
func (m Machine) userNamespaces() Finding {
	if m.read("proc/sys/kernel/unprivileged_userns_clone") == "0" {
		return Fail("sudo sysctl -w kernel.unprivileged_userns_clone=1 (and into /etc/sysctl.d/ to keep it)",
			"kernel.unprivileged_userns_clone is 0: only root may make user namespaces")
	}
	profiled := m.exists("etc/apparmor.d/rootlesskit") || m.exists("etc/apparmor.d/usr.bin.rootlesskit")
	if m.read("proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" && !profiled {
		return Fail("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give /usr/bin/rootlesskit an AppArmor profile that allows userns",
			"AppArmor keeps programs without a profile from using user namespaces (Ubuntu 23.10 and newer)")
	}
	return OK("a user without root may make user namespaces")
}

// wantIDs is how many subordinate ids an image's files may need: 16 bits.
const wantIDs = 65536

// userIDs wants subordinate ids for this user in /etc/subuid and /etc/subgid.
func (m Machine) userIDs() Finding {
	name := m.User
	if name == "" {
		name = strconv.Itoa(m.UID)
	}
	for _, file := range []string{"subuid", "subgid"} {
		n, err := subordinate(m.read("etc/"+file), m.User, m.UID)
		mend := "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + name
		if err != nil {
			return Fail("mend /etc/"+file+": each line is NAME:FIRST:COUNT", "/etc/%s cannot be read: %v", file, err)
		}
		if n < wantIDs {
			return Fail(mend, "%s has %d subordinate ids in /etc/%s, and needs %d", name, n, file, wantIDs)
		}
	}
	return OK("%s has subordinate user and group ids", name)
}

// subordinate counts the ids that the text of /etc/subuid or /etc/subgid
// gives to a user, by name or by number (subuid(5)).
func subordinate(text, name string, uid int) (int64, error) {
	ranges, err := user.ParseSubIDFilter(strings.NewReader(text), func(r user.SubID) bool {
		return (name != "" && r.Name == name) || r.Name == strconv.Itoa(uid)
	})
	var n int64
	for _, r := range ranges {
		n += max(r.Count, 0)
	}
	return n, err
}

// rootlessPrograms wants what maps the ids and starts the engine.
func (m Machine) rootlessPrograms() Finding {
	var missing []string
	for _, program := range []string{"newuidmap", "newgidmap", "rootlesskit"} {
		if _, err := m.Look(program); err != nil {
			missing = append(missing, program)
		}
	}
	if len(missing) > 0 {
		return Fail("sudo apt-get install uidmap rootlesskit", "not found on PATH: %s", strings.Join(missing, ", "))
	}
	return OK("newuidmap, newgidmap and rootlesskit are there")
}
