package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway/api/rest"
)

// object is a JSON object.
type object map[string]any

func (s *server) description(r *request) (any, error) {
	r.c.Data(http.StatusOK, "application/json", s.openapi)
	return nil, nil
}

// describe writes the table as OpenAPI 3.1. Bodies are described from the Go
// types that they are read into and written from.
func describe(routes []route, version string) ([]byte, error) {
	schemas := &schemas{named: map[string]object{}, types: map[string]reflect.Type{}}
	problem := schemas.of(reflect.TypeFor[rest.Problem]())
	paths := map[string]object{}
	for _, r := range routes {
		if r.page {
			continue // for people
		}
		path := parameter.ReplaceAllString(r.path, "{$1}")
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path][strings.ToLower(r.method)] = operation(r, schemas, problem)
	}
	if schemas.clash != nil {
		return nil, schemas.clash
	}
	return json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Slipway", "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "Push, uniform image. Errors are problems (RFC 9457) with a code and a hint; what belongs to another team is not found.",
		},
		"servers":  []object{{"url": "/"}},
		"security": []object{{"token": []string{}}},
		"paths":    paths,
		"components": object{
			"schemas":         schemas.named,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
		},
	})
}

var parameter = regexp.MustCompile(`:([a-z]+)`)

func operation(r route, schemas *schemas, problem object) object {
	op := object{
		"summary": r.does, "operationId": operationID(r),
		"responses": responses(r, schemas, problem),
	}
	if r.scope == open {
		op["security"] = []object{}
	} else {
		op["description"] = "Needs the role " + string(r.role) + "."
	}
	if all := parameters(r); len(all) > 0 {
		op["parameters"] = all
	}
	if r.takes != nil {
		op["requestBody"] = object{"content": object{"application/json": object{"schema": schemas.of(reflect.TypeOf(r.takes))}}}
	}
	return op
}

func operationID(r route) string {
	return strings.ToLower(r.method) + parameter.ReplaceAllStringFunc(strings.ReplaceAll(strings.TrimPrefix(r.path, "/api/v1"), "/", "_"), func(p string) string { return "by_" + p[1:] })
}

func responses(r route, schemas *schemas, problem object) object {
	success := object{"description": "Done"}
	content := object{}
	for _, kind := range r.kinds {
		content[kind] = object{"schema": object{"type": "string"}}
	}
	if r.gives != nil {
		content["application/json"] = object{"schema": schemas.of(reflect.TypeOf(r.gives))}
	}
	if len(content) > 0 {
		success["content"] = content
	}
	return object{
		strconv.Itoa(r.statusOf()): success,
		"default":                  object{"description": "A problem", "content": object{"application/problem+json": object{"schema": problem}}},
	}
}

func parameters(r route) []object {
	var all []object
	for _, m := range parameter.FindAllStringSubmatch(r.path, -1) {
		all = append(all, object{"name": m[1], "in": "path", "required": true, "schema": parameterSchema(m[1])})
	}
	for _, name := range r.query {
		all = append(all, object{"name": name, "in": "query", "schema": parameterSchema(name)})
	}
	return all
}

func parameterSchema(name string) object {
	switch name {
	case "connection", "build", "event", "token":
		return object{"type": "integer", "format": "int64", "minimum": 1}
	case "limit":
		return object{"type": "integer", "minimum": 1, "maximum": rest.MostItems, "default": usualItems}
	case "follow", "force":
		return object{"type": "boolean"}
	default:
		return object{"type": "string"}
	}
}

// schemas describes Go types, each named one once.
type schemas struct {
	named map[string]object
	types map[string]reflect.Type
	clash error
}

func (s *schemas) name(t reflect.Type) string {
	name := t.Name()
	if list, item, ok := strings.Cut(strings.TrimSuffix(name, "]"), "["); ok {
		return item[strings.LastIndexByte(item, '.')+1:] + list
	}
	return name
}

func (s *schemas) refer(t reflect.Type) object {
	name := s.name(t)
	switch old, there := s.types[name]; {
	case !there:
		s.types[name] = t
		s.named[name] = object{} // it may refer to itself
		s.named[name] = s.fields(t)
	case old != t:
		s.clash = fmt.Errorf("the types %s and %s have one name in the description", old, t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (s *schemas) fields(t reflect.Type) object {
	properties, required := object{}, []string{}
	s.addFields(t, properties, &required)
	slices.Sort(required)
	o := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func (s *schemas) addFields(t reflect.Type, properties object, required *[]string) {
	for f := range fieldsOf(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			s.addFields(f.Type, properties, required)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = s.of(f.Type)
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}
