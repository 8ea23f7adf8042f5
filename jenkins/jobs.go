package jenkins

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
)

// Job is a job or a folder, as its folder lists it.
type Job struct {
	Name     string
	FullName string
	URL      string // as Jenkins says it is reached
	Class    string // Java's name of its kind; "" on a Hudson
	Folder   bool   // there may be jobs in it: a folder, or a job with one per branch
}

// Jobs lists what is in a folder, one level; "" is the controller itself.
func (c *Client) Jobs(ctx context.Context, folder string) ([]Job, error) {
	path, err := folderPath(folder)
	if err != nil {
		return nil, err
	}
	var listed struct {
		Jobs []struct {
			Name, URL string
			Class     string `json:"_class"`
			Jobs      *[]struct{ Name string }
		}
	}
	if err := c.read(ctx, path, "jobs[_class,name,url,jobs[name]{0,1}]", &listed); err != nil {
		return nil, err
	}
	jobs := []Job{}
	for _, j := range listed.Jobs {
		job := Job{Name: j.Name, FullName: j.Name, URL: j.URL, Class: j.Class, Folder: j.Jobs != nil}
		if folder != "" {
			job.FullName = folder + "/" + j.Name
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// ranges are what a Hudson does not know in a tree: it answers 500 to them.
var ranges = regexp.MustCompile(`\{[0-9]*,[0-9]*\}`)

// read reads what the tree names of a path's JSON. A controller that does not
// know ranges gives everything.
func (c *Client) read(ctx context.Context, path, tree string, into any) error {
	plain := ranges.ReplaceAllString(tree, "")
	if c.noRanges.Load() {
		tree = plain
	}
	a, err := c.requester.get(ctx, path+"/api/json", url.Values{"tree": {tree}}, maxJSON)
	if tree != plain && a.status == http.StatusInternalServerError && bytes.Contains(a.body, []byte("Malformed tree expression")) {
		c.noRanges.Store(true)
		return c.read(ctx, path, plain, into)
	}
	if err != nil {
		return err
	}
	return c.requester.decode(path, a, into, false)
}
