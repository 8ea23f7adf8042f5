package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
)

// MaxSize of a slipway.yaml in bytes. A service takes about 300.
const MaxSize = 256 << 10

// Parse reads a slipway.yaml strictly: a key that is not known, a value of
// the wrong form and every YAML feature that is not plain data are
// CodeInvalid, with the line. Paths in it are relative to dir, the directory
// of the file in the repository. In the result they are clean and relative to
// the repository's root, and no value needs to be checked again.
func Parse(data []byte, dir string) (File, error) {
	if len(data) > MaxSize {
		return File{}, slipway.Errorf(slipway.CodeInvalid, "%s is larger than %d bytes", Name, MaxSize)
	}
	doc, err := document(data)
	if err != nil {
		return File{}, err
	}
	r := reader{lines: map[string]int{}, dir: dir}
	if err := r.walk(doc, reflect.TypeFor[File](), ""); err != nil {
		return File{}, err
	}
	f := File{dir: dir}
	if err := doc.Decode(&f); err != nil {
		return File{}, syntax(err)
	}
	return r.check(f)
}

// document gives the root of the only document.
func document(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) || (err == nil && len(doc.Content) == 0) {
		return nil, invalid(1, "nothing is declared").WithHint("it begins with `services:`; without anything to declare, delete the file")
	} else if err != nil {
		return nil, syntax(err)
	}
	if err := dec.Decode(&more); err == nil {
		return nil, invalid(more.Line, "a second document begins").WithHint("put everything below one `services:`")
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(err)
	}
	return doc.Content[0], nil
}

// yamlLine is how the YAML library names a line in its sentences.
var yamlLine = regexp.MustCompile(`line (\d+): (?s)(.*)`)

// syntax turns the YAML library's error into ours.
func syntax(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if typed, ok := errors.AsType[*yaml.TypeError](err); ok && len(typed.Errors) > 0 {
		text = typed.Errors[0]
	}
	where := Name
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		where, text = Name+":"+m[1], m[2]
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s: %s", where, oneLine(text)).WithClass(slipway.ClassCode)
}

// invalid is what is wrong in a line of the file.
func invalid(line int, format string, args ...any) *slipway.Error {
	text := oneLine(fmt.Sprintf(format, args...))
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: %s", Name, line, text).WithClass(slipway.ClassCode)
}

// oneLine keeps what the file says from writing lines of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
