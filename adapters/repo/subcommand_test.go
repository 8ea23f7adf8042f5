package repo_test

import (
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestServingCommand(t *testing.T) {
	for _, c := range []struct {
		commands []string
		want     string
	}{
		{[]string{"migrate", "serve", "start"}, "serve"},
		{[]string{"migrate", "server"}, "server"},
		{[]string{"api", "web"}, ""},
		{[]string{"migrate", "seed"}, ""},
		{nil, ""},
	} {
		if got := repo.ServingCommand(c.commands); got != c.want {
			t.Errorf("%v: %q, want %q", c.commands, got, c.want)
		}
	}
}
