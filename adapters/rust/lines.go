package rust

import "strings"

// lineOf gives the line of a key in a table of a TOML file, for evidence, 0
// when it is not written the usual way. With an empty key it is the table's
// own line, with an empty table the key's in the front of the file.
func lineOf(data []byte, table, key string) int {
	in, n := "", 0
	for line := range strings.Lines(string(data)) {
		n++
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "[") {
			in = strings.Trim(strings.SplitN(text, "#", 2)[0], "[] \t")
			if key == "" && in == table {
				return n
			}
			continue
		}
		name, _, found := strings.Cut(text, "=")
		if found && in == table && key != "" && (strings.TrimSpace(name) == key || strings.HasPrefix(name, key+".")) {
			return n
		}
	}
	return 0
}

// lineWith gives the first line that has a text, 0 when none has.
func lineWith(data []byte, text string) int {
	n := 0
	for line := range strings.Lines(string(data)) {
		if n++; strings.Contains(line, text) {
			return n
		}
	}
	return 0
}
