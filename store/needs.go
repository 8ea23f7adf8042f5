package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// mostFound is how many services a repository may have.
const mostFound = 500

// checkFound holds what was found in a repository against what its team has:
// the names, whose they are, and what they need.
func checkFound(found []slipway.Found, team map[string]slipway.Service, connection int64) *slipway.Problem {
	if len(found) > mostFound {
		return invalid("split the repository", "the repository has %d services, and may have %d", len(found), mostFound)
	}
	here := map[string]slipway.Found{}
	for _, f := range found {
		v, known := team[f.Name]
		switch _, twice := here[f.Name]; {
		case !slipway.ValidLabel(f.Name):
			return invalid("use lower-case letters, digits and inner hyphens", "%q cannot be the name of a service", f.Name)
		case twice:
			return invalid("give one of them another name", "the repository has two services %s", f.Name)
		case known && v.Connection != connection:
			return invalid("give it another name", "the service %s belongs to another repository of the team", f.Name)
		}
		here[f.Name] = f
	}
	return checkNeeds(found, func(name string) ([]string, bool) {
		if f, ok := here[name]; ok {
			return f.Needs, true
		}
		v, ok := team[name]
		return v.Needs, ok
	})
}

// checkNeeds looks for names that nobody has and for needs that lead back to
// where they began.
func checkNeeds(found []slipway.Found, needs func(name string) (needed []string, ok bool)) *slipway.Problem {
	for _, f := range found {
		for _, name := range f.Needs {
			if _, ok := needs(name); !ok {
				return invalid("name services of the file or of the team", "the service %s needs %q, which is not there", f.Name, name)
			}
		}
	}
	w := walk{needs: needs, done: map[string]bool{}}
	for _, f := range found {
		if circle := w.circle(f.Name); circle != nil {
			return invalid("take one of these needs away", "services need each other: %s", strings.Join(circle, " needs "))
		}
	}
	return nil
}

// walk goes along needs, depth first.
type walk struct {
	needs func(string) ([]string, bool)
	path  []string
	done  map[string]bool
}

// circle gives the names from one to itself, nil when there is no way back.
func (w *walk) circle(name string) []string {
	if i := slices.Index(w.path, name); i >= 0 {
		return append(slices.Clone(w.path[i:]), name)
	}
	if w.done[name] {
		return nil
	}
	w.path = append(w.path, name)
	needed, _ := w.needs(name) // of another repository it may be gone since
	for _, n := range needed {
		if c := w.circle(n); c != nil {
			return c
		}
	}
	w.path, w.done[name] = w.path[:len(w.path)-1], true
	return nil
}

func invalid(hint, format string, args ...any) *slipway.Problem {
	return &slipway.Problem{Code: slipway.CodeInvalid, Class: slipway.ClassCode, Message: fmt.Sprintf(format, args...), Hint: hint}
}
