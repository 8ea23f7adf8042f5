package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

// clientCommands ask a server.
func (a *app) clientCommands() []*cobra.Command {
	return []*cobra.Command{
		a.loginCommand(), a.teamCommand(), a.connectionCommand(), a.serviceCommand(), a.secretCommand(), a.tokenCommand(), a.jenkinsCommand(),
		a.startCommand(), a.buildsCommand(), a.logsCommand(), a.cancelCommand(), a.retryCommand(), a.rebuildCommand(),
		a.eventsCommand(), a.approveCommand(), a.queueCommand(), a.auditCommand(), a.adoptCommand(),
	}
}

func (a *app) loginCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "login URL",
		Short: "Keep a server and a token, for the commands that ask it",
		Long: "Try a token with a server and keep both, readable by you alone. The token comes from\n" +
			"--token-file, from SLIPWAY_TOKEN, or from the standard input, never from the command line.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.logIn(c.Context(), args[0], file) },
	}
	c.Flags().StringVar(&file, "token-file", "", "file that has the token")
	return c
}

// loginView is what `slipway login --output json` prints.
type loginView struct {
	Server string        `json:"server"`
	Token  slipway.Token `json:"token"`
	File   string        `json:"file"`
}

func (a *app) logIn(ctx context.Context, server, file string) error {
	token := a.getenv("SLIPWAY_TOKEN")
	if file != "" || token == "" {
		var err error
		if token, err = a.secretInput(file, "token"); err != nil {
			return err
		}
	}
	server = strings.TrimRight(server, "/")
	c, err := client.New(server, token, a.proxy())
	if err != nil {
		return err
	}
	me, err := c.Me(ctx)
	if err != nil {
		return err
	}
	kept, err := a.keepLogin(login{Server: server, Token: token})
	if err != nil {
		return err
	}
	return a.print(loginView{Server: server, Token: me, File: kept}, func(w io.Writer) {
		fmt.Fprintf(w, "Logged in to %s as %s, %s.\n", server, oneLine(me.Name), roleOf(me))
	})
}

func roleOf(t slipway.Token) string {
	if t.Team == "" {
		return string(t.Role)
	}
	return string(t.Role) + " of " + t.Team
}

// maxSecretInput is the most bytes of a secret that is read.
const maxSecretInput = 64 << 10

// secretInput reads a secret from a file, else from the standard input, where
// a person types it unseen. The last newline does not count.
func (a *app) secretInput(file, what string) (string, error) {
	var text []byte
	var err error
	switch {
	case file != "":
		text, err = os.ReadFile(file)
	case isTerminal(a.in):
		text, err = a.typed(what)
	default:
		text, err = io.ReadAll(io.LimitReader(a.in, maxSecretInput+1))
	}
	if err != nil {
		return "", slipway.Errorf(slipway.CodeUsage, "the %s cannot be read", what).Because(err)
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if value == "" || len(value) > maxSecretInput {
		return "", slipway.Errorf(slipway.CodeUsage, "the %s has %d bytes, not 1 to %d", what, len(value), maxSecretInput).
			WithHint("write it to the standard input, or name a file that has it")
	}
	return value, nil
}

// typed reads a line from the terminal without showing it.
func (a *app) typed(what string) ([]byte, error) {
	f, ok := a.in.(*os.File)
	if !ok {
		return nil, io.EOF
	}
	fd := int(f.Fd())
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	quiet := *old
	quiet.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &quiet); err != nil {
		return nil, err
	}
	defer unix.IoctlSetTermios(fd, unix.TCSETS, old) //nolint:errcheck // there is nothing else to try
	fmt.Fprintf(a.err, "%s: ", what)
	line, err := bufio.NewReader(io.LimitReader(f, maxSecretInput+1)).ReadBytes('\n')
	fmt.Fprintln(a.err)
	return line, err
}
