package jenkins

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// node is an element of a configuration.
type node struct {
	name       string
	attributes map[string]string
	chars      []byte
	text       string // of what is closed
	kids       []*node
}

const maxDepth = 100

// control is a character that XML 1.1 may name and 1.0 may not.
var control = regexp.MustCompile(`&#(x0*(1?[0-8bBcCeEfF]|1[0-9a-fA-F])|0*([1-8]|1[124-9]|2[0-9]|3[01]));`)

// parseConfig reads a configuration. What precedes its root is left out:
// Jenkins writes XML 1.1, which Go's parser refuses by its name alone, always
// in UTF-8.
func parseConfig(config []byte) (*node, error) {
	if i := bytes.Index(config, []byte("?>")); bytes.HasPrefix(bytes.TrimSpace(config), []byte("<?xml")) && i >= 0 {
		config = config[i+2:]
	}
	d := xml.NewDecoder(bytes.NewReader(control.ReplaceAll(config, []byte("\uFFFD"))))
	top := &node{}
	open := []*node{top}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if open, err = grow(open, token); err != nil {
			return nil, err
		}
	}
	if len(top.kids) != 1 || len(open) != 1 {
		return nil, errors.New("not one element")
	}
	return top.kids[0], nil
}

// grow adds a token to the innermost of the elements that are open.
func grow(open []*node, token xml.Token) ([]*node, error) {
	inner := open[len(open)-1]
	switch t := token.(type) {
	case xml.StartElement:
		kid := &node{name: t.Name.Local, attributes: map[string]string{}}
		for _, a := range t.Attr {
			kid.attributes[a.Name.Local] = a.Value
		}
		inner.kids = append(inner.kids, kid)
		if open = append(open, kid); len(open) > maxDepth {
			return nil, errors.New("too deep")
		}
	case xml.EndElement:
		inner.text = strings.ReplaceAll(string(inner.chars), "\r\n", "\n")
		return open[:len(open)-1], nil
	case xml.CharData:
		inner.chars = append(inner.chars, t...)
	}
	return open, nil
}

// same tells whether a job already is what we want. Jenkins writes what it was
// given anew: with another prolog, with elements in the order of its own
// classes, with the version of the plugin at each of them, and with every
// field that it knows. So all that we want has to be there, in our order as
// far as names are the same, and what is there besides is Jenkins' own, except
// where people would add something.
func same(want, got []byte) bool {
	if bytes.Equal(want, got) {
		return true
	}
	w, err := parseConfig(want)
	if err != nil {
		return false
	}
	g, err := parseConfig(got)
	return err == nil && covers(w, g)
}

// sameKind tells whether two jobs are of one kind. What cannot be read may be.
func sameKind(want, got []byte) bool {
	w, errWant := parseConfig(want)
	g, errGot := parseConfig(got)
	return errWant != nil || errGot != nil || w.name == g.name
}

func covers(want, got *node) bool {
	if want.name != got.name {
		return false
	}
	for name, value := range want.attributes {
		if name != "plugin" && got.attributes[name] != value {
			return false
		}
	}
	if len(want.kids) == 0 {
		return len(got.kids) == 0 && sameText(want.text, got.text)
	}
	wanted, there := byName(want), byName(got)
	for name, kids := range wanted {
		if len(kids) != len(there[name]) {
			return false
		}
		for i := range kids {
			if !covers(kids[i], there[name][i]) {
				return false
			}
		}
	}
	return len(wanted) == len(there) || !isListed(want.name)
}

// isListed names the elements in which whatever is not ours was added by
// somebody.
func isListed(name string) bool {
	switch name {
	case "builders", "publishers", "buildWrappers", "triggers", "parameterDefinitions":
		return true
	}
	return false
}

// sameText compares the text of elements that have nothing else in them.
// Space counts, unless there is nothing else.
func sameText(a, b string) bool {
	return a == b || strings.TrimSpace(a) == "" && strings.TrimSpace(b) == ""
}

func byName(n *node) map[string][]*node {
	kids := map[string][]*node{}
	for _, k := range n.kids {
		kids[k.name] = append(kids[k.name], k)
	}
	return kids
}
