package solve

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// shortestMasked is the length below which a secret is not masked: hiding
// "1" would make a log unreadable and protect nothing.
const shortestMasked = 4

// masked keeps the values of a build's secrets out of its log.
func masked(log slipway.Log, secrets map[string]string) slipway.Log {
	forms := Forms(slices.Collect(maps.Values(secrets)))
	if len(forms) == 0 {
		return log
	}
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, Hidden)
	}
	return maskedLog{Log: log, hide: strings.NewReplacer(pairs...)}
}

// Hidden is what stands in a log where a secret was printed.
const Hidden = "***"

// Forms gives the forms in which programs print secret values, line by line:
// as they are, in hexadecimal, in base64 (also as a part of a longer text), in a
// URL, in JSON. A longer one comes first, since a
// secret may contain another one.
func Forms(values []string) []string {
	var forms []string
	for _, value := range values {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) >= shortestMasked {
				forms = append(forms, formsOf(line)...)
			}
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(forms)
}

func formsOf(value string) []string {
	forms := []string{
		value, url.QueryEscape(value), url.PathEscape(value),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
	}
	if quoted, err := json.Marshal(value); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	forms = append(forms, hex.EncodeToString([]byte(value)))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			forms = append(forms, within(encoding, value, offset))
		}
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < shortestMasked })
}

// within gives what of a value is the same in the base64 of every text that
// has it offset bytes (modulo 3) from its begin, as "user:VALUE" has: three
// bytes are four characters, so that those at the ends depend on neighbours.
func within(encoding *base64.Encoding, value string, offset int) string {
	text := encoding.EncodeToString(append(make([]byte, offset), value...))
	begin := []int{0, 2, 3}[offset]
	end := (offset + len(value)) * 8 / 6
	return text[min(begin, end):end]
}

type maskedLog struct {
	slipway.Log
	hide *strings.Replacer
}

// Line implements slipway.Log.
func (l maskedLog) Line(line slipway.LogLine) {
	line.Text = l.hide.Replace(line.Text)
	l.Log.Line(line)
}

// Event implements slipway.Log.
func (l maskedLog) Event(e slipway.StepEvent) {
	e.Error = l.hide.Replace(e.Error)
	l.Log.Event(e)
}
