package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A command quoted in a flag's text is taken for the name of its value, and a
// default that a machine has by itself is none to tell of.
func TestHelp_Flags(t *testing.T) {
	t.Parallel()
	a := with(map[string]string{"SLIPWAY_DATA": "/somewhere"})
	seen := 0
	var look func(c *cobra.Command)
	look = func(c *cobra.Command) {
		each := func(f *pflag.Flag) {
			seen++
			if name, _ := pflag.UnquoteUsage(f); strings.Contains(name, " ") {
				t.Errorf("%s --%s has a value called %q", c.CommandPath(), f.Name, name)
			}
			if said := strings.Count(f.Usage, "(default"); said > 0 && f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "[]" {
				t.Errorf("%s --%s tells of two defaults: %s (default %s)", c.CommandPath(), f.Name, f.Usage, f.DefValue)
			}
		}
		c.LocalFlags().VisitAll(each)
		for _, sub := range c.Commands() {
			look(sub)
		}
	}
	look(a.root())
	if seen < 100 {
		t.Errorf("only %d flags were looked at", seen)
	}
}
