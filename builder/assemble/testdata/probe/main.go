// Probe prints what a program finds on the run image that it is in.
package main

import (
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"os/user"
	"strings"
	"time"
)

func main() {
	parent, _ := os.ReadFile("/proc/1/cmdline")
	_, zone := time.LoadLocation("Europe/Berlin")
	port, _ := net.LookupPort("tcp", "imaps")
	me, _ := user.Current()
	roots, err := x509.SystemCertPool()
	tmp := os.WriteFile("/tmp/x", nil, 0o600)
	etc := os.WriteFile("/etc/x", nil, 0o600)
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"uid": os.Getuid(), "gid": os.Getgid(), "name": me.Username, "home": me.HomeDir,
		"init": strings.SplitN(string(parent), "\x00", 2)[0], "pid1": os.Getpid() == 1,
		"zone": zone == nil, "port": port, "roots": err == nil && !roots.Equal(x509.NewCertPool()),
		"tmp": tmp == nil, "etc": etc == nil, "cgo": cgo(),
	})
}
