package jenkinstest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

type object = map[string]any

// writeJSON answers with what the request's tree names of a value; without
// one, with all of it.
func writeJSON(w http.ResponseWriter, r *http.Request, value object) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	var out any = value
	if spec := r.URL.Query().Get("tree"); spec != "" {
		p := &treeParser{rest: spec}
		fields := p.fields()
		if p.rest != "" || p.bad {
			page(w, http.StatusBadRequest, "tree: "+spec)
			return
		}
		out = pick(value, fields)
	}
	text, err := json.Marshal(out)
	if err != nil {
		page(w, http.StatusInternalServerError, err.Error())
		return
	}
	_, _ = w.Write(text)
}

// field is a part of a tree: name[fields]{from,to}.
type field struct {
	name     string
	fields   []field
	from, to int // of a list; to 0 is all
}

type treeParser struct {
	rest string
	bad  bool
}

func (p *treeParser) fields() []field {
	all := []field{}
	for {
		i := strings.IndexAny(p.rest, ",[]{}")
		if i < 0 {
			i = len(p.rest)
		}
		f := field{name: p.rest[:i]}
		p.bad = p.bad || f.name == ""
		p.rest = p.rest[i:]
		if p.take("[") {
			f.fields = p.fields()
			p.bad = !p.take("]") || p.bad
		}
		if p.take("{") {
			f.from, f.to = p.span()
		}
		if all = append(all, f); !p.take(",") {
			return all
		}
	}
}

func (p *treeParser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	p.rest = rest
	return ok
}

func (p *treeParser) span() (from, to int) {
	inner, rest, ok := strings.Cut(p.rest, "}")
	a, b, _ := strings.Cut(inner, ",")
	from, _ = strconv.Atoi(a)
	to, err := strconv.Atoi(b)
	p.rest, p.bad = rest, p.bad || !ok || err != nil
	return from, to
}

// pick keeps what fields name. Jenkins gives the class with everything.
func pick(value any, fields []field) any {
	switch v := value.(type) {
	case object:
		out := object{}
		if class, ok := v["_class"]; ok {
			out["_class"] = class
		}
		for _, f := range fields {
			if inner, ok := v[f.name]; ok {
				out[f.name] = pick(cut(inner, f), f.fields)
			}
		}
		return out
	case []object:
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = append(out, pick(e, fields))
		}
		return out
	}
	return value
}

func cut(value any, f field) any {
	list, ok := value.([]object)
	if !ok || f.to == 0 {
		return value
	}
	return list[min(f.from, len(list)):min(f.to, len(list))]
}
