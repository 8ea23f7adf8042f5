package assemble

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-ci/slipway"
)

// aptNetwork writes what apt needs to reach the archives into files of dir
// (CA, credentials) and one configuration that names them. What the settings
// leave open is the machine's own configuration.
func aptNetwork(ctx context.Context, log *serialLog, s slipway.Settings, dir string) (string, error) {
	// The machine's own, first: what follows overrides it.
	machine := command{
		step: "apt configuration", program: "apt-config",
		args: []string{"dump", "--no-empty", "Acquire::http", "Acquire::https", "Acquire::Check-Valid-Until", "Acquire::Check-Date"},
	}
	conf, err := machine.run(ctx, log)
	if err != nil {
		return "", err
	}
	b := bytes.NewBuffer(conf)
	for scheme, proxy := range map[string]string{"http": s.Proxy.HTTP, "https": s.Proxy.HTTPS} {
		if proxy == "" {
			continue
		}
		if !strings.Contains(proxy, "://") {
			proxy = "http://" + proxy
		}
		fmt.Fprintf(b, "Acquire::%s::Proxy %s;\n", scheme, aptQuote(proxy))
		for host := range strings.SplitSeq(s.Proxy.No, ",") {
			if host = strings.TrimPrefix(strings.TrimSpace(host), "."); host != "" && !strings.ContainsAny(host, "/*: \t") {
				fmt.Fprintf(b, "Acquire::%s::Proxy::%s \"DIRECT\";\n", scheme, host)
			}
		}
	}
	for _, file := range []struct {
		setting, name string
		content       []byte
		mode          os.FileMode
	}{
		{"Acquire::https::CAInfo", "ca.pem", s.CA, 0o644},
		{"Dir::Etc::netrc", "netrc", s.Netrc, 0o600},
	} {
		if len(file.content) == 0 {
			continue
		}
		path := filepath.Join(dir, file.name)
		if err := os.WriteFile(path, file.content, file.mode); err != nil {
			return "", err
		}
		fmt.Fprintf(b, "%s %s;\n", file.setting, aptQuote(path))
	}
	path := filepath.Join(dir, "network.conf")
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}

// aptQuote writes a value as apt.conf(5) reads it. A quote or a line end has
// no escape there, so what follows one is dropped and apt fails on the rest.
func aptQuote(s string) string {
	if i := strings.IndexAny(s, "\"\r\n"); i >= 0 {
		s = s[:i]
	}
	return `"` + s + `"`
}
