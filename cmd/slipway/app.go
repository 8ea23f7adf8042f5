package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slipway-ci/slipway"
)

// app is the program as a value: what it reads and writes is given to it, so
// that a test can run it whole.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	environ  func() []string // all variables, NAME=value; nil: none can be listed

	global global
}

// global are the flags that every command has.
type global struct {
	data   string
	output string // text or json
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root() //nolint:contextcheck // stopping what a command started outlives its context
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if a.global.output == "json" {
		reportJSON(a.out, err)
	} else {
		report(a.err, err)
	}
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "slipway",
		Short:         "Slipway turns a git push into a uniform image, without a Dockerfile",
		Version:       programVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := belowZero(c.Flags()); err != nil {
				return err
			}
			if a.global.output != "text" && a.global.output != "json" {
				return slipway.Errorf(slipway.CodeUsage, "--output %q is neither text nor json", a.global.output)
			}
			return nil
		},
	}
	root.SetVersionTemplate("slipway {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return slipway.Errorf(slipway.CodeUsage, "%s", err).WithHint("`%s --help` lists the flags", c.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.global.data, "data", a.getenv("SLIPWAY_DATA"), "directory for everything Slipway keeps (default: below the user's state directory)")
	flags.Lookup("data").DefValue = "" // what help says is the same on every machine
	flags.StringVar(&a.global.output, "output", "text", "text or json")
	root.AddCommand(
		a.upCommand(), a.serveCommand(), a.runWorkerCommand(), a.backupCommand(), a.buildCommand(), a.planCommand(), a.checkCommand(), a.ejectCommand(),
		a.runCommand(), a.stackCommand(), a.gcCommand(), a.doctorCommand(), a.versionCommand(),
	)
	root.AddCommand(a.clientCommands()...)
	completions(root)
	usageErrors(root)
	return root
}

// belowZero refuses a flag whose amount or time is below zero: none of ours
// means anything by that.
func belowZero(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		switch f.Value.Type() {
		case "int", "int64", "float64", "duration":
			if strings.HasPrefix(f.Value.String(), "-") {
				err = slipway.Errorf(slipway.CodeUsage, "--%s %s is below zero", f.Name, f.Value)
			}
		}
	})
	return err
}

// completions makes cobra's command for completions now, so that a shell that
// it does not know is an error like any other.
func completions(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = cobra.NoArgs
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}

// wrongArguments says how a command is called; cobra's text for a wrong
// number of arguments names neither the command nor the arguments.
func wrongArguments(c *cobra.Command, args []string, err error) error {
	if !c.HasSubCommands() && strings.Contains(err.Error(), "arg(s)") {
		return slipway.Errorf(slipway.CodeUsage, "`%s` takes %s, not %d", c.CommandPath(), takes(c.Use), len(args)).
			WithHint("write %s; `%s --help` says more", c.UseLine(), c.CommandPath())
	}
	hint := "`" + c.CommandPath() + " --help` shows how it is used"
	if like := c.SuggestionsFor(args[0]); c.HasSubCommands() && len(like) > 0 {
		hint = "did you mean `" + c.CommandPath() + " " + strings.Join(like, "` or `") + "`? " + hint
	}
	return slipway.Errorf(slipway.CodeUsage, "%s", err).WithHint("%s", hint)
}

// takes counts the arguments that a command's line of use has after its name;
// those in brackets may be left out.
func takes(use string) string {
	all := strings.Fields(use)[1:]
	least := 0
	for _, word := range all {
		if !strings.HasPrefix(word, "[") {
			least++
		}
	}
	switch {
	case least < len(all):
		return fmt.Sprintf("%d to %d arguments", least, len(all))
	case least == 1:
		return "1 argument"
	default:
		return fmt.Sprintf("%d arguments", least)
	}
}

// usageErrors makes a wrong argument or command a usage error: cobra's own
// would be taken for a defect.
func usageErrors(c *cobra.Command) {
	c.SuggestionsMinimumDistance = 2 // letters that differ
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return wrongArguments(c, args, err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		usageErrors(sub)
	}
}

func (a *app) getenv(name string) string {
	v, _ := a.env(name)
	return v
}

// print writes v as JSON, or calls text for a person.
func (a *app) print(v any, text func(io.Writer)) error {
	var result bytes.Buffer
	if a.global.output != "json" {
		text(&result)
	} else {
		e := json.NewEncoder(&result)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	}
	if _, err := result.WriteTo(a.out); err != nil {
		return slipway.Errorf(slipway.CodeUnavailable, "the result could not be written").
			WithHint("what was asked for is done; see that there is room where the output goes").Because(err)
	}
	return nil
}
