package node

import "bytes"

// plainJSON takes comments and trailing commas out of JSON as TypeScript and
// Angular write it. Strings stay as they are.
func plainJSON(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		n := tokenLength(data[i:])
		if token := data[i : i+n]; len(token) < 2 || token[0] != '/' {
			if token[0] == '}' || token[0] == ']' {
				out = withoutComma(out)
			}
			out = append(out, token...)
		}
		i += n
	}
	return out
}

// tokenLength is the length of the string, comment or byte that data begins
// with.
func tokenLength(data []byte) int {
	rest := len(data)
	switch {
	case data[0] == '"':
		for i := 1; i < rest; i++ {
			switch data[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return rest
	case bytes.HasPrefix(data, []byte("//")):
		if end := bytes.IndexByte(data, '\n'); end >= 0 {
			return end
		}
		return rest
	case bytes.HasPrefix(data, []byte("/*")):
		if end := bytes.Index(data, []byte("*/")); end >= 0 {
			return end + len("*/")
		}
		return rest
	}
	return 1
}

func withoutComma(out []byte) []byte {
	trimmed := bytes.TrimRight(out, " \t\r\n")
	return bytes.TrimSuffix(trimmed, []byte(","))
}
