package adapters_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// object is as much of a JSON Schema as the test looks at.
type object struct {
	Type       any               `json:"type"`
	Additional any               `json:"additionalProperties"`
	Properties map[string]object `json:"properties"`
	Items      *object           `json:"items"`
	Enum       []string          `json:"enum"`
	OneOf      []object          `json:"oneOf"`
	Defs       map[string]object `json:"$defs"`
}

func TestSchema_agreesWithTheReader(t *testing.T) {
	t.Parallel()
	var schema object
	if err := json.Unmarshal(adapters.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	service := schema.Defs["service"]
	compare(t, "file", schema, reflect.TypeFor[manifest.File]())
	compare(t, "service", service, reflect.TypeFor[manifest.Service]())
	compare(t, "commands", service.Properties["commands"], reflect.TypeFor[manifest.Commands]())
	compare(t, "packages", service.Properties["packages"], reflect.TypeFor[manifest.Packages]())
	compare(t, "tests", service.Properties["tests"], reflect.TypeFor[manifest.Tests]())
	compare(t, "frontend", schema.Defs["frontend"], reflect.TypeFor[manifest.Frontend]())
	compare(t, "stamp", service.Properties["stamp"].OneOf[1], reflect.TypeFor[manifest.Stamp]())
	if diff := cmp.Diff(manifest.Languages(), service.Properties["language"].Enum); diff != "" {
		t.Errorf("languages: %s", diff)
	}
}

// compare looks for the same keys, of the same kind, and nothing else.
func compare(t *testing.T, name string, schema object, typ reflect.Type) {
	t.Helper()
	if schema.Additional != false {
		t.Errorf("%s: the schema allows unknown keys", name)
	}
	keys := map[string]string{}
	for f := range typ.Fields() {
		if f.IsExported() {
			keys[f.Tag.Get("yaml")] = kind(f.Type)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(schema.Properties))); diff != "" {
		t.Errorf("%s: -reader +schema:\n%s", name, diff)
	}
	for key, want := range keys {
		if got := schema.Properties[key].Type; got != nil && !strings.Contains(toString(got), want) {
			t.Errorf("%s.%s: the reader wants %s, the schema %v", name, key, want, got)
		}
	}
}

func kind(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		return "array"
	case reflect.Map, reflect.Struct:
		return "object"
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "integer"
	default:
		return "string"
	}
}

func toString(v any) string {
	b, _ := json.Marshal(v) //nolint:errchkjson // decoded from JSON
	return string(b)
}

// TestSchema_enums offers every word of the schema to the reader, and one
// that is not there.
func TestSchema_enums(t *testing.T) {
	t.Parallel()
	var schema object
	if err := json.Unmarshal(adapters.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for key, property := range schema.Defs["service"].Properties {
		for _, word := range property.Enum {
			if _, err := manifest.Parse([]byte("services:\n  - "+key+": "+word+"\n"), "."); err != nil {
				t.Errorf("%s: %s is in the schema: %v", key, word, err)
			}
		}
		if len(property.Enum) > 0 {
			if _, err := manifest.Parse([]byte("services:\n  - "+key+": nonsense\n"), "."); err == nil {
				t.Errorf("%s: nonsense is read", key)
			}
		}
	}
}
