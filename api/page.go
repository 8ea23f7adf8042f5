package api

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/rest"
)

// usualItems is the length of a list's page unless the caller says another.
const usualItems = 50

// window is the part of a list that a caller asks for.
type window struct {
	most  int
	after string // key of the last item of the page before
}

// window reads limit and cursor.
func (r *request) window() (window, error) {
	w := window{most: usualItems}
	if text := r.c.Query("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > rest.MostItems {
			return w, slipway.Errorf(slipway.CodeUsage, "the limit %.20q is not a number from 1 to %d", text, rest.MostItems)
		}
		w.most = n
	}
	key, err := base64.RawURLEncoding.DecodeString(r.c.Query("cursor"))
	if err != nil || len(key) > 200 {
		return w, badCursor()
	}
	w.after = string(key)
	return w, nil
}

func badCursor() error {
	return slipway.Errorf(slipway.CodeUsage, "the cursor is none that this list gave").WithHint("begin without one")
}

// before is the cursor of a list whose newest item is first: an id, 0 at its
// begin.
func (w window) before() (int64, error) {
	if w.after == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(w.after, 10, 64)
	if err != nil || id < 1 {
		return 0, badCursor()
	}
	return id, nil
}

// newest makes the page of items that were read one more than asked for.
func newest[T any](w window, items []T, id func(T) int64) rest.List[T] {
	l := rest.List[T]{Items: items}
	if len(items) > w.most {
		l.Items = items[:w.most]
		l.Next = cursor(strconv.FormatInt(id(l.Items[w.most-1]), 10))
	}
	if l.Items == nil {
		l.Items = []T{}
	}
	return l
}

// cut makes the page of a list that is there whole, in the order of its keys.
func cut[T any](w window, items []T, key func(T) string) rest.List[T] {
	items = slices.SortedFunc(slices.Values(items), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	from, found := slices.BinarySearchFunc(items, w.after, func(item T, after string) int { return cmp.Compare(key(item), after) })
	if found {
		from++
	}
	l := rest.List[T]{Items: append([]T{}, items[from:]...)}
	if len(l.Items) > w.most {
		l.Items = l.Items[:w.most]
		l.Next = cursor(key(l.Items[w.most-1]))
	}
	return l
}

// byID is a key that sorts as numbers do.
func byID(id int64) string { return fmt.Sprintf("%020d", id) }

func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }
