package java

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth of elements; a pom.xml has about ten.
const maxDepth = 64

// node is an element of an XML document.
type node struct {
	name     string // without its namespace
	text     string // of its own, trimmed
	line     int
	children []*node
}

// parseXML reads a document of elements and text.
func parseXML(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charset
	root := &node{}
	stack := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			line, _ := d.InputPos()
			child := &node{name: t.Name.Local, line: line}
			top.children = append(top.children, child)
			if stack = append(stack, child); len(stack) > maxDepth {
				return nil, fmt.Errorf("line %d: more than %d elements inside one another", line, maxDepth)
			}
		case xml.CharData:
			top.text += string(t)
		case xml.EndElement:
			top.text = strings.TrimSpace(top.text)
			stack = stack[:len(stack)-1]
		}
	}
	if len(root.children) != 1 {
		return nil, errors.New("no element")
	}
	return root.children[0], nil
}

// charset reads the encodings that are one byte for one of Unicode's first
// 256 characters, or near enough for names and numbers.
func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "us-ascii", "ascii":
	default:
		return nil, fmt.Errorf("the encoding %q is not read", label)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return strings.NewReader(string(runes)), nil
}

// all gives the elements that a path of names leads to.
func (n *node) all(names ...string) []*node {
	if n == nil {
		return nil
	}
	found := []*node{n}
	for _, name := range names {
		var next []*node
		for _, f := range found {
			for _, c := range f.children {
				if c.name == name {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

// get gives the first element that a path of names leads to, nil when there
// is none.
func (n *node) get(names ...string) *node {
	if found := n.all(names...); len(found) > 0 {
		return found[0]
	}
	return nil
}

// value is the text of the first element that a path of names leads to.
func (n *node) value(names ...string) string {
	if found := n.get(names...); found != nil {
		return found.text
	}
	return ""
}

// leaves gives all elements below that hold only text.
func (n *node) leaves() []*node {
	if n == nil {
		return nil
	}
	if len(n.children) == 0 {
		return []*node{n}
	}
	var found []*node
	for _, c := range n.children {
		found = append(found, c.leaves()...)
	}
	return found
}
