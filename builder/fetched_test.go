package builder_test

import (
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway/builder"
)

// Where no stack has what a repository asks for, it is planned with steps
// that fetch it, when its language has such.
func TestBuilder_Plan_FetchesAVersionThatNoStackHas(t *testing.T) {
	t.Parallel()
	rust := fstest.MapFS{
		"Cargo.toml":     {Data: []byte("[package]\nname = \"cart\"\nversion = \"1.0.0\"\n")},
		"src/main.rs":    {Data: []byte("fn main() {}\n")},
		"rust-toolchain": {Data: []byte("1.80.0\n")},
	}
	for _, tt := range []struct {
		name    string
		request func(*builder.Request)
		lacks   bool
		first   string
	}{
		{"a stack has it", func(r *builder.Request) { r.Tree.(*tree).files = rust }, false, "compile"},   //nolint:forcetypeassert // made by request
		{"no stack has it", func(r *builder.Request) { r.Tree.(*tree).files = rust }, true, "toolchain"}, //nolint:forcetypeassert // made by request
		{"its language has no such steps", func(*builder.Request) {}, true, "compile"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, b := newWorld()
			w.lacks = tt.lacks
			r := request()
			tt.request(&r)
			plan, _, err := b.Plan(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Steps[0].Name; got != tt.first {
				t.Errorf("the first step is %s, want %s", got, tt.first)
			}
		})
	}
}
