package python

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway/adapters/command"
)

// scriptForm is what an entry point of a console script looks like.
const scriptForm = `^([A-Za-z_][A-Za-z0-9_.]*):([A-Za-z_][A-Za-z0-9_.]*)(\s*\[.*\])?$`

// entry takes the entry point of a script apart.
func entry(point string) (mod, function string, ok bool) {
	m := regexp.MustCompile(scriptForm).FindStringSubmatch(strings.TrimSpace(point))
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// about writes what an installer would have left: the metadata and the
// console scripts, as a shell script that knows $site and $venv.
func (q party) about() string {
	if !regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`).MatchString(q.name) {
		return ""
	}
	info := fmt.Sprintf(`"$site/%s-%s.dist-info"`, strings.ReplaceAll(normal(q.name), "-", "_"), q.version)
	b := &strings.Builder{}
	fmt.Fprintf(b, "mkdir -p %s\n", info)
	fmt.Fprintf(b, "printf '%%s\\n' 'Metadata-Version: 2.1' 'Name: %s' 'Version: %s' >%s/METADATA\n", q.name, q.version, info)
	points := map[string]map[string]string{}
	maps.Copy(points, q.points)
	if len(q.scripts) > 0 {
		points["console_scripts"] = q.scripts
	}
	if len(points) > 0 {
		fmt.Fprintf(b, "printf '%%s\\n'%s >%s/entry_points.txt\n", entryPoints(points), info)
	}
	for _, name := range sortedKeys(q.scripts) {
		mod, function, ok := entry(q.scripts[name])
		if !ok || !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`).MatchString(name) {
			continue
		}
		root, _, _ := strings.Cut(function, ".")
		fmt.Fprintf(b, "printf '%%s\\n' \"#!$venv/bin/python\" 'import sys' 'from %s import %s' 'sys.exit(%s())' >\"$venv/bin/%s\"\nchmod 0755 \"$venv/bin/%s\"\n", mod, root, function, name, name)
	}
	return b.String()
}

func entryPoints(points map[string]map[string]string) string {
	b := &strings.Builder{}
	for _, group := range sortedKeys(points) {
		fmt.Fprintf(b, " %s", command.Quoted("["+group+"]"))
		for _, name := range sortedKeys(points[group]) {
			fmt.Fprintf(b, " %s", command.Quoted(name+" = "+points[group][name]))
		}
	}
	return b.String()
}
