package api

import (
	"iter"
	"reflect"
	"time"

	"github.com/slipway-ci/slipway"
)

func fieldsOf(t reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for field := range t.Fields() {
			if !yield(field) {
				return
			}
		}
	}
}

// of describes a type as encoding/json writes it.
func (s *schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[slipway.ServiceName]():
		return object{"type": "string", "description": "TEAM/NAME"}
	}
	if values := valuesOf(t); values != nil {
		return object{"type": "string", "enum": values}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		return s.refer(t)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	default:
		return object{"type": "string"}
	}
}

// valuesOf lists what a word can be; nil where that is open.
func valuesOf(t reflect.Type) any {
	switch t {
	case reflect.TypeFor[slipway.BuildState]():
		return slipway.BuildStates()
	case reflect.TypeFor[slipway.TeamRole]():
		return []slipway.TeamRole{operator, maintainer, developer, viewer, slipway.RoleWorker}
	case reflect.TypeFor[slipway.ForkPolicy]():
		return []slipway.ForkPolicy{slipway.ForksRefuse, slipway.ForksApprove, slipway.ForksBuild}
	case reflect.TypeFor[slipway.EventKind]():
		return []slipway.EventKind{slipway.EventPush, slipway.EventTag, slipway.EventPullRequest, slipway.EventManual, slipway.EventJenkins}
	default:
		return nil
	}
}
