package api_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
)

// document is as much of the description as the tests read.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		Security    *[]any
		OperationID string
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]any
			Required   []string
		}
	}
}

func (w *world) document(t *testing.T) (d document) {
	t.Helper()
	w.want(t, 200, &d, "", http.MethodGet, "/api/v1/openapi.json", "")
	return d
}

func TestOpenAPI_HasEveryRoute(t *testing.T) {
	t.Parallel()
	d := newWorld(t).serve(t).document(t)
	var want, got []string
	for _, row := range api.Table() {
		if row.Page {
			continue
		}
		want = append(want, row.Method+" "+regexp.MustCompile(`:([a-z]+)`).ReplaceAllString(row.Path, "{$1}"))
	}
	ids := map[string]bool{}
	for path, operations := range d.Paths {
		for method, operation := range operations {
			got = append(got, strings.ToUpper(method)+" "+path)
			if ids[operation.OperationID] {
				t.Errorf("two operations are called %s", operation.OperationID)
			}
			ids[operation.OperationID] = true
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table and the description differ (-table +description):\n%s", diff)
	}
}

// TestOpenAPI_DescribesWhatIsWritten writes each body with every field set and
// holds its JSON to the schema.
func TestOpenAPI_DescribesWhatIsWritten(t *testing.T) {
	t.Parallel()
	d := newWorld(t).serve(t).document(t)
	seen := map[string]bool{}
	for _, body := range api.Bodies() {
		name := schemaName(reflect.TypeOf(body))
		seen[name] = true
		full, empty := reflect.New(reflect.TypeOf(body)).Elem(), reflect.New(reflect.TypeOf(body)).Elem()
		fill(full)
		schema, there := d.Components.Schemas[name]
		if !there {
			t.Errorf("%s is not described", name)
			continue
		}
		if diff := cmp.Diff(keysOf(t, full), sorted(schema.Properties)); diff != "" {
			t.Errorf("%s (-written +described):\n%s", name, diff)
		}
		if diff := cmp.Diff(keysOf(t, empty), append([]string{}, schema.Required...)); diff != "" {
			t.Errorf("%s always has (-written +described):\n%s", name, diff)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d bodies were looked at", len(seen))
	}
}

func schemaName(t reflect.Type) string {
	if list, item, ok := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "["); ok {
		return item[strings.LastIndexByte(item, '.')+1:] + list
	}
	return t.Name()
}

func keysOf(t *testing.T, v reflect.Value) []string {
	t.Helper()
	text, err := json.Marshal(v.Interface())
	must(t, err)
	var m map[string]any
	must(t, json.Unmarshal(text, &m))
	return sorted(m)
}

func sorted(m map[string]any) []string {
	keys := []string{}
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fill sets every field to something.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon))
		return
	case slipway.ServiceName:
		v.Set(reflect.ValueOf(slipway.ServiceName{Team: "a", Name: "b"}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value)
		v.SetMapIndex(reflect.ValueOf("k"), value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	default: // no body has another
	}
}
