package assemble

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// maxSources is the longest apt sources file that is read.
const maxSources = 1 << 20

// archive is one entry of apt's sources: packages of one suite at one place.
type archive struct {
	URL        string
	Suite      string
	Components []string
	SignedBy   string // as it stands there; "" none
}

// parseSources reads apt's sources, one-line or deb822 form (sources.list(5),
// apt 2.6), and gives the binary archives that are enabled, one for each URL
// and suite. What is not understood is left out: apt itself is the judge of
// the file.
func parseSources(deb822 bool, data []byte) []archive {
	if len(data) > maxSources {
		return nil
	}
	if deb822 {
		return parseStanzas(data)
	}
	var archives []archive
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxSources)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if a, ok := parseLine(line); ok {
			archives = append(archives, a)
		}
	}
	return archives
}

// parseLine reads `deb [ option=value … ] URL SUITE COMPONENT…`.
func parseLine(line string) (archive, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb")
	if !ok || rest == "" || (rest[0] != ' ' && rest[0] != '\t' && rest[0] != '[') {
		return archive{}, false
	}
	rest = strings.TrimSpace(rest)
	var options string
	if strings.HasPrefix(rest, "[") {
		if options, rest, ok = strings.Cut(rest[1:], "]"); !ok {
			return archive{}, false
		}
	}
	fields := strings.Fields(rest)
	if len(fields) < 2 || !usable(fields[0]) {
		return archive{}, false
	}
	a := archive{URL: fields[0], Suite: fields[1], Components: fields[2:]}
	for option := range strings.FieldsSeq(options) {
		if by, ok := strings.CutPrefix(option, "signed-by="); ok {
			a.SignedBy = by
		}
	}
	return a, true
}

func parseStanzas(data []byte) []archive {
	var archives []archive
	stanza, last := map[string]string{}, ""
	end := func() {
		archives = append(archives, fromStanza(stanza)...)
		stanza, last = map[string]string{}, ""
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxSources)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			end()
		case line[0] == ' ' || line[0] == '\t':
			stanza[last] += "\n" + line
		default:
			name, value, _ := strings.Cut(line, ":")
			last = strings.ToLower(strings.TrimSpace(name))
			stanza[last] = value
		}
	}
	end()
	return archives
}

func fromStanza(stanza map[string]string) []archive {
	if strings.EqualFold(strings.TrimSpace(stanza["enabled"]), "no") || !slices.Contains(strings.Fields(stanza["types"]), "deb") {
		return nil
	}
	var archives []archive
	for u := range strings.FieldsSeq(stanza["uris"]) {
		for suite := range strings.FieldsSeq(stanza["suites"]) {
			if usable(u) {
				archives = append(archives, archive{
					URL: u, Suite: suite, Components: strings.Fields(stanza["components"]),
					SignedBy: strings.TrimSpace(stanza["signed-by"]),
				})
			}
		}
	}
	return archives
}

// usable tells whether packages can be fetched from there for another root:
// not from a CD or a directory.
func usable(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https", "mirror+http", "mirror+https", "mirror+file":
		return u.Host != "" || u.Scheme == "mirror+file"
	}
	return false
}

// machineArchives reads the sources of a machine's root directory, the main
// file first.
func machineArchives(root fs.FS) []archive {
	var archives []archive
	names, _ := fs.Glob(root, "etc/apt/sources.list.d/*")
	own := "etc/apt/sources.list.d/debian.sources"
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(order(a, own), order(b, own)) })
	for _, name := range append([]string{"etc/apt/sources.list"}, names...) {
		if ext := path.Ext(name); ext != ".list" && ext != ".sources" {
			continue
		}
		if data, err := fs.ReadFile(root, name); err == nil {
			archives = append(archives, parseSources(path.Ext(name) == ".sources", data)...)
		}
	}
	return archives
}

func order(name, first string) string {
	if name == first {
		return ""
	}
	return name
}

// machineMirror gives the mirror that a Debian machine itself uses, of
// whatever suite; nothing on another distribution.
func machineMirror(root fs.FS) slipway.DebianMirror {
	release, err := fs.ReadFile(root, "etc/os-release")
	if err != nil || !slices.Contains(strings.Split(string(release), "\n"), "ID=debian") {
		return slipway.DebianMirror{}
	}
	var m slipway.DebianMirror
	for _, a := range machineArchives(root) {
		foreign := a.SignedBy != "" && !strings.Contains(a.SignedBy, "debian-archive")
		if foreign || !slices.Contains(a.Components, "main") {
			continue
		}
		security := strings.HasSuffix(a.Suite, "-security") || strings.HasSuffix(a.Suite, "/updates")
		switch {
		case security && m.Security == "":
			m.Security = a.URL
		case !security && m.URL == "":
			m.URL = a.URL
		}
	}
	if m.URL == "" {
		return slipway.DebianMirror{}
	}
	return m
}

// sourcesList writes the sources of a suite at a mirror, one-line form.
// keyring is a file that the archives must be signed with, "" apt's own keys.
func sourcesList(m slipway.DebianMirror, suite, keyring string) []byte {
	var option string
	if keyring != "" {
		option = "[signed-by=" + keyring + "] "
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "deb %s%s %s main\n", option, m.URL, suite)
	fmt.Fprintf(&b, "deb %s%s %s-updates main\n", option, m.URL, suite)
	if m.Security != "" {
		fmt.Fprintf(&b, "deb %s%s %s-security main\n", option, m.Security, suite)
	}
	return b.Bytes()
}
