package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"golang.org/x/net/http/httpproxy"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api/client"
)

// login is a server and what opens it, as `slipway login` keeps it.
type login struct {
	Server string `json:"server"`
	Token  string `json:"token"`
}

// remote gives a client of the server that is meant: the environment's, else
// the one that was logged in to, else that of a running `up` in the data
// directory.
func (a *app) remote() (*client.Client, error) {
	l, err := a.login()
	if err != nil {
		return nil, err
	}
	return client.New(l.Server, l.Token, a.proxy())
}

// login gives the server with an error, too, when only its token is missing.
func (a *app) login() (login, error) {
	kept, err := a.keptLogin()
	if err != nil {
		return login{}, err
	}
	l := login{Server: a.getenv("SLIPWAY_SERVER"), Token: a.getenv("SLIPWAY_TOKEN")}
	switch {
	case l.Server == "" && kept.Server != "":
		l.Server = kept.Server
	case l.Server == "":
		here, err := a.ownServer()
		if err != nil || here.Server == "" {
			return login{}, errors.Join(err, noServer())
		}
		if l.Token == "" {
			l.Token = here.Token
		}
		l.Server = here.Server
	}
	if l.Token == "" && l.Server == kept.Server {
		l.Token = kept.Token // for that server and no other
	}
	if l.Token == "" {
		return l, slipway.Errorf(slipway.CodeUsage, "there is no token for the server %s", l.Server).
			WithHint("`slipway login %s` keeps one, or set SLIPWAY_TOKEN", l.Server)
	}
	return l, nil
}

func noServer() error {
	return slipway.Errorf(slipway.CodeUsage, "it is not known which server is meant").
		WithHint("`slipway login URL` keeps one; SLIPWAY_SERVER and SLIPWAY_TOKEN name one; --data DIR finds that of a `slipway up`")
}

// ownServer is that of a running `up`; none is no error.
func (a *app) ownServer() (login, error) {
	dir, err := a.dataDir()
	if err != nil {
		return login{}, nil //nolint:nilerr // without a place for one there is none
	}
	e, _, err := dir.readEndpoint()
	return login{Server: e.Server, Token: e.Token}, err
}

// loginFile is below the user's configuration directory (XDG base directory
// specification 0.8).
func (a *app) loginFile() (string, error) {
	dir := a.getenv("XDG_CONFIG_HOME")
	if home := a.getenv("HOME"); dir == "" && home != "" {
		dir = filepath.Join(home, ".config")
	}
	if dir == "" {
		return "", slipway.Errorf(slipway.CodeUsage, "there is no place for a login: neither HOME nor XDG_CONFIG_HOME is set").
			WithHint("set SLIPWAY_SERVER and SLIPWAY_TOKEN instead")
	}
	return filepath.Join(dir, "slipway", "login.json"), nil
}

// keptLogin is the zero one where there is none.
func (a *app) keptLogin() (l login, err error) {
	file, err := a.loginFile()
	if err != nil {
		return login{}, nil //nolint:nilerr // without a place for one there is none
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return login{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		return login{}, slipway.Errorf(slipway.CodeUsage, "the login in %s cannot be read", file).
			WithHint("`slipway login URL` writes it anew").Because(err)
	}
	return l, nil
}

func (a *app) keepLogin(l login) (file string, err error) {
	if file, err = a.loginFile(); err != nil {
		return "", err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	if err := replaceFile(file, text); err != nil {
		return "", slipway.Errorf(slipway.CodeUsage, "the login cannot be kept in %s", file).Because(err)
	}
	return file, nil
}

// proxy is the one that the environment names.
func (a *app) proxy() client.Proxy {
	either := func(name, other string) string {
		if v := a.getenv(name); v != "" {
			return v
		}
		return a.getenv(other)
	}
	find := (&httpproxy.Config{
		HTTPProxy: either("http_proxy", "HTTP_PROXY"), HTTPSProxy: either("https_proxy", "HTTPS_PROXY"), NoProxy: either("no_proxy", "NO_PROXY"),
	}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return find(r.URL) }
}
