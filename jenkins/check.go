package jenkins

import (
	"context"
	"net/http"
	"net/url"

	"github.com/slipway-ci/slipway"
)

// Checked is what a controller turned out to be.
type Checked struct {
	Version string // of Jenkins; "" is a Hudson
	Hudson  bool   // no folders, no items of its queue, other answers
	User    string // whom it takes us for; "anonymous" is nobody
	Root    string // where it believes to be reached; "" it does not say
	Folder  bool   // the folder is there and can be read
	Create  bool   // a job can be made in it or, where it is missing, it can be
}

// Check asks whether a controller is ready, whom it takes us for, and whether
// jobs can be made in its folder. It changes nothing. A controller that starts
// is CodeUnavailable.
func (c *Client) Check(ctx context.Context) (Checked, error) {
	checked, err := c.ready(ctx)
	if err != nil {
		return checked, err
	}
	if checked.User, err = c.whoAmI(ctx, checked.Hudson); err != nil {
		return checked, err
	}
	if checked.Hudson {
		return c.checkFolder(ctx, checked, "") // it has none
	}
	return c.checkFolder(ctx, checked, c.folder)
}

func (c *Client) ready(ctx context.Context) (Checked, error) {
	a, err := c.requester.get(ctx, "/api/json", url.Values{"tree": {"url,primaryView[url]"}}, maxJSON)
	if err != nil {
		if statusOf(err) == http.StatusUnauthorized {
			return Checked{}, slipway.Errorf(slipway.CodeForbidden, "%s", err).
				WithHint("a controller that has just been started answers so for some seconds; else make a new API token on the user's page in Jenkins")
		}
		if statusOf(err) == http.StatusForbidden {
			return Checked{}, slipway.Errorf(slipway.CodeForbidden, "%s", err).
				WithHint("give the user the permission Overall: Read; a Hudson says this, too, when the token is wrong")
		}
		return Checked{}, err
	}
	var said struct {
		URL         string
		PrimaryView struct{ URL string }
	}
	if err := c.requester.decode("/", a, &said, false); err != nil {
		return Checked{}, err
	}
	if said.URL == "" {
		said.URL = said.PrimaryView.URL
	}
	checked := Checked{Version: a.header.Get("X-Jenkins"), Root: webAddress(said.URL)}
	if checked.Version == "" {
		checked.Hudson = c.isHudson(ctx)
	}
	if checked.Version == "" && !checked.Hudson {
		return checked, slipway.Errorf(slipway.CodeUnavailable, "what answers at %s does not say that it is a Jenkins", c.requester.at).
			WithHint("a proxy may take the header X-Jenkins away")
	}
	return checked, nil
}

// isHudson looks for the name of a Hudson, which it says with its front page
// alone.
func (c *Client) isHudson(ctx context.Context) bool {
	a, err := c.requester.get(ctx, "/", nil, maxRefusal)
	return err == nil && a.header.Get("X-Hudson") != "" && a.header.Get("X-Jenkins") == ""
}

// whoAmI asks whom the controller takes us for. A Hudson does not tell.
func (c *Client) whoAmI(ctx context.Context, hudson bool) (string, error) {
	var who struct {
		Name      string
		Anonymous bool
	}
	if hudson {
		return c.requester.who(), nil
	}
	if err := c.read(ctx, "/whoAmI", "name,anonymous", &who); err != nil {
		return "", err
	}
	if who.Anonymous && c.requester.user != "" {
		return who.Name, slipway.Errorf(slipway.CodeForbidden, "the Jenkins at %s takes %s for nobody", c.requester.at, c.requester.user).
			WithHint("let the header Authorization pass whatever stands before it")
	}
	return who.Name, nil
}

// checkFolder looks for the innermost part of a folder that is there, and
// whether the page for a new job opens in it: it does for those who may make
// one.
func (c *Client) checkFolder(ctx context.Context, checked Checked, folder string) (Checked, error) {
	for at := folder; ; at, _ = split(at) {
		path, err := folderPath(at)
		if err != nil {
			return checked, err
		}
		if at != "" {
			_, err = c.requester.get(ctx, path+"/api/json", url.Values{"tree": {"name"}}, maxJSON)
		}
		if slipway.ErrorCode(err) == slipway.CodeNotFound {
			continue
		}
		if err != nil {
			return checked, err
		}
		checked.Folder = at == folder
		_, err = c.requester.get(ctx, path+"/newJob", nil, maxJSON)
		checked.Create = err == nil
		if code := slipway.ErrorCode(err); code == slipway.CodeForbidden || code == slipway.CodeNotFound {
			err = nil
		}
		return checked, err
	}
}
