package compile

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// goEnv writes the file that GOENV names (`go help env`): NAME=value lines,
// without quoting, which is why a value with a newline cannot be given.
func goEnv(values map[string]string) []byte {
	var b bytes.Buffer
	for _, k := range slices.Sorted(maps.Keys(values)) {
		if v := values[k]; v != "" && !bytes.ContainsAny([]byte(v), "\r\n") {
			fmt.Fprintf(&b, "%s=%s\n", k, v)
		}
	}
	return b.Bytes()
}
