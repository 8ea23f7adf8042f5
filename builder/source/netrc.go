package source

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"
)

// login of a machine in a netrc file.
type login struct{ machine, user, password string }

// parseNetrc reads the netrc format as curl and the Go command do: words,
// macdef up to the next empty line, "default" with an empty machine. What it
// does not know it steps over; it never fails.
func parseNetrc(data []byte) []login {
	var logins []login
	inMacro := false
	for line := range strings.Lines(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))) {
		line = strings.TrimSpace(line)
		if inMacro {
			inMacro = line != ""
			continue
		}
		words := strings.Fields(line)
		for i := 0; i < len(words); i++ {
			word := words[i]
			if strings.HasPrefix(word, "#") {
				break
			}
			if word == "macdef" {
				inMacro = true
				break
			}
			if word == "default" {
				logins = append(logins, login{})
				continue
			}
			if i+1 == len(words) {
				break
			}
			i++
			logins = addWord(logins, word, words[i])
		}
	}
	return logins
}

func addWord(logins []login, word, value string) []login {
	if word == "machine" {
		return append(logins, login{machine: strings.ToLower(value)})
	}
	if len(logins) == 0 {
		return logins
	}
	last := &logins[len(logins)-1]
	switch word {
	case "login":
		last.user = value
	case "password":
		last.password = value
	}
	return logins
}

// credentials for r: those of its own URL, else those that the netrc has for
// its very host. A netrc names no scheme, so its passwords go over https only
// (and over http to this machine itself).
func credentials(r remote, logins []login) *url.Userinfo {
	if r.login != nil || r.Scheme == "ssh" {
		return r.login
	}
	if addr, err := netip.ParseAddr(r.Host); r.Scheme != "https" && (err != nil || !addr.IsLoopback()) && r.Host != "localhost" {
		return nil
	}
	for _, l := range logins {
		if l.machine == r.Host && l.machine != "" {
			return url.UserPassword(l.user, l.password)
		}
	}
	return nil
}
