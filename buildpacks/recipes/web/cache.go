package main

import (
	"net/http"
	"path"
	"strings"
)

// usualHash is the length of the hashes of most bundlers (Vite, Rollup,
// esbuild, Parcel, Create React App).
const usualHash = 8

// The characters of a hash.
const (
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowers = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
)

// cacheControl says how long a client may keep a file: for ever when its name
// has a hash of its content, else until it has asked again.
func cacheControl(name string, status int) string {
	if status == http.StatusOK && hashed(name) {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// hashed tells whether a bundler gave a file its name: before the extension,
// set off by a dot or a dash, stand at least 8 characters of hexadecimal or
// base64url. Words are such characters too, and a file kept for ever by
// mistake is never seen again in its new form: so what people write by hand
// (service-bootstrap.js, trip-IMG_1234.jpg, report-20240131.pdf) is none.
func hashed(name string) bool {
	dir, base := path.Split(name)
	for _, after := range []string{".map", ".LICENSE.txt", ".br", ".gz"} {
		base = strings.TrimSuffix(base, after)
	}
	ext := path.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	for _, after := range []string{".chunk", ".min", ".module", ".bundle"} {
		stem = strings.TrimSuffix(stem, after)
	}
	if ext == "" || ext == ".html" {
		return false
	}
	// A hash of base64url may itself have a dash.
	if at := len(stem) - usualHash; at > 0 && strings.ContainsRune(".-", rune(stem[at-1])) && random(stem[at:], bundled(dir)) {
		return true
	}
	at := strings.LastIndexAny(stem, ".-")
	return at > 0 && len(stem)-at-1 > usualHash && random(stem[at+1:], false)
}

// bundled tells whether a bundler's output lies in a directory of that path.
func bundled(dir string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		switch part {
		case "assets", "static", "_astro", "_next", "_nuxt", "immutable":
			return true
		}
	}
	return false
}

// random tells a hash from a word. Letters without a digit may be either, and
// pass for a hash only where a bundler writes (trusted), in mixed case.
func random(s string, trusted bool) bool {
	upper, lower, digit := strings.ContainsAny(s, uppers), strings.ContainsAny(s, lowers), strings.ContainsAny(s, digits)
	switch {
	case strings.Trim(s, uppers+lowers+digits+"_-") != "":
		return false
	case !upper && !lower: // a date, a number
		return false
	case !digit:
		return trusted && upper && lower
	case strings.Trim(s, digits+"abcdef") == "":
		return true
	}
	return !numbered(s) && (len(s) == usualHash || upper && lower)
}

// numbered tells whether s is a word with a number behind it.
func numbered(s string) bool {
	word := strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(s, digits), "_"), "-")
	return word != "" && strings.Trim(word, uppers+lowers) == ""
}
