package main

import (
	"fmt"
	"io"

	"github.com/slipway-ci/slipway/api/rest"
)

// hookHelp says how a hook is entered in its forge: where in its menus, and
// what in which field.
func hookHelp(w io.Writer, v rest.ConnectionView) {
	secret := v.Secret
	if secret == "" {
		secret = "(was shown when it was made; `slipway connection rotate` makes another)"
	}
	f := fieldsOf(v.Forge)
	fmt.Fprintf(w, "In %s: %s\n", f.name, f.menu)
	rows := [][]string{{"  " + f.url, v.Hook}}
	if f.content != "" {
		rows = append(rows, []string{"  " + f.content, "application/json"})
	}
	rows = append(rows, []string{"  " + f.secret, secret}, []string{"  " + f.events, f.which})
	table(w, rows...)
	if f.more != "" {
		fmt.Fprintln(w, f.more)
	}
	if v.Secret != "" {
		fmt.Fprintln(w, "The secret is not shown again.")
	}
}

// hookFields are what a forge calls the fields of a webhook.
type hookFields struct{ name, menu, url, content, secret, events, which, more string }

func fieldsOf(forge string) hookFields {
	switch forge {
	case "github":
		return hookFields{
			"GitHub", "the repository's Settings > Webhooks > Add webhook", "Payload URL", "Content type", "Secret", "Events",
			"Let me select individual events: Pushes, Pull requests", "",
		}
	case "gitlab":
		return hookFields{
			"GitLab", "the project's Settings > Webhooks > Add new webhook", "URL", "", "Secret token", "Trigger",
			"Push events, Tag push events, Merge request events", "Where your GitLab offers a signing token, the same text is one.",
		}
	case "gitea":
		return hookFields{
			"Gitea or Forgejo", "the repository's Settings > Webhooks > Add Webhook > Gitea (Forgejo)", "Target URL", "POST Content Type", "Secret", "Trigger On",
			"Custom Events: Create, Delete, Push, Pull Request, Pull Request Synchronized", "",
		}
	case "gogs":
		return hookFields{
			"Gogs", "the repository's Settings > Webhooks > Add a new webhook > Gogs", "Payload URL", "Content Type", "Secret", "When",
			"Let me choose: Create, Delete, Push, Pull Request", "",
		}
	case "bitbucket":
		return hookFields{
			"Bitbucket Cloud", "the repository's Repository settings > Webhooks > Add webhook", "URL", "", "Secret", "Triggers",
			"Repository: Push; Pull Request: Created, Updated, Merged, Declined", "",
		}
	case "bitbucket-server":
		return hookFields{
			"Bitbucket Data Center", "the repository's Repository settings > Webhooks > Create webhook", "URL", "", "Secret", "Events",
			"Repository: Push; Pull request: Opened, Source branch updated, Merged, Declined", "",
		}
	default:
		return hookFields{
			"your own program", "POST as Standard Webhooks 1.0 says, with Webhook-Id, Webhook-Timestamp and Webhook-Signature", "URL", "Content-Type", "Key", "Body",
			`{"repository": "shop/cart", "ref": "refs/heads/main", "before": "…", "after": "…", "actor": "ann"}`, "",
		}
	}
}
