package assemble

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// The forms in which an index lists a project's files
// (https://packaging.python.org/en/latest/specifications/simple-repository-api).
const (
	indexJSON   = "application/vnd.pypi.simple.v1+json"
	indexAccept = indexJSON + ", application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
)

// wheel asks a Python package index where a wheel is.
func (c *registryClient) wheel(ctx context.Context, d buildpacks.Download) (located, error) {
	project, _, _ := strings.Cut(d.Wheel, "-")
	address := c.registries.pypi + "/" + normal(project) + "/"
	data, form, err := c.read(ctx, address, indexAccept)
	if err != nil {
		return located{}, err
	}
	base, err := url.Parse(address)
	if err != nil {
		return located{}, err
	}
	if at := findFile(base, form, data, d.Wheel); at != "" {
		return located{url: at, digest: d.Digest}, nil
	}
	return located{}, slipway.Errorf(slipway.CodeNotFound, "the configured Python package index has no %s", d.Wheel).
		WithHint("see which index the settings name; a mirror may lack old releases")
}

// normal is the name by which an index knows a project.
func normal(project string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(project))
}

// findFile gives the address of a file that an index lists, "" when it does
// not. base is where the list is.
func findFile(base *url.URL, form string, list []byte, file string) string {
	links := linksHTML
	if mediaType, _, err := mime.ParseMediaType(form); err == nil && mediaType == indexJSON {
		links = linksJSON
	}
	for _, link := range links(list) {
		u, err := base.Parse(link)
		if err == nil && (u.Scheme == "https" || u.Scheme == "http") && path.Base(u.Path) == file {
			u.Fragment = ""
			return u.String()
		}
	}
	return ""
}

func linksJSON(list []byte) []string {
	var index struct {
		Files []struct {
			URL string `json:"url"`
		} `json:"files"`
	}
	if err := json.Unmarshal(list, &index); err != nil {
		return nil
	}
	links := make([]string, len(index.Files))
	for i, f := range index.Files {
		links[i] = f.URL
	}
	return links
}

func linksHTML(list []byte) []string {
	root, err := html.Parse(bytes.NewReader(list))
	if err != nil {
		return nil
	}
	var links []string
	for node := range root.Descendants() {
		if node.Type != html.ElementNode || node.DataAtom != atom.A {
			continue
		}
		for _, a := range node.Attr {
			if a.Key == "href" {
				links = append(links, a.Val)
			}
		}
	}
	return links
}
