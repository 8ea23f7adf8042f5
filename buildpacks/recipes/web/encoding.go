package main

import (
	"net/http"
	"strconv"
	"strings"
)

// variant gives the file to send for a name, and its encoding: a compressed
// neighbour when there is one that the client takes.
func (s *site) variant(w http.ResponseWriter, r *http.Request, name string) (served, encoding string) {
	served = name
	for _, v := range []struct{ encoding, suffix string }{{"gzip", ".gz"}, {"br", ".br"}} { // the better last
		if !s.has(name + v.suffix) {
			continue
		}
		w.Header().Set("Vary", "Accept-Encoding")
		if accepts(r.Header.Values("Accept-Encoding"), v.encoding) {
			served, encoding = name+v.suffix, v.encoding
		}
	}
	return served, encoding
}

// accepts tells whether an Accept-Encoding field (RFC 9110, 12.5.3) allows an
// encoding: it is named, or "*" is, with a weight above 0.
func accepts(fields []string, encoding string) bool {
	allowed := false
	for item := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = strings.TrimSpace(name)
		switch {
		case strings.EqualFold(name, encoding):
			return weight(parameters) > 0
		case name == "*":
			allowed = weight(parameters) > 0
		}
	}
	return allowed
}

// acceptsHTML tells whether a client asks for a page: its Accept field names
// text/html. Scripts that fetch data say */*, which does not.
func acceptsHTML(h http.Header) bool {
	for item := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
		name, parameters, _ := strings.Cut(item, ";")
		if strings.EqualFold(strings.TrimSpace(name), "text/html") {
			return weight(parameters) > 0
		}
	}
	return false
}

// weight reads the q of a field's parameters; without one it is 1, and 0 when
// it cannot be read.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if ok && strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}
