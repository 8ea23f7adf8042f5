package jenkinstest

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	folderClass   = "com.cloudbees.hudson.plugins.folder.Folder"
	projectClass  = "hudson.model.FreeStyleProject"
	externalClass = "hudson.model.ExternalJob"
	pipelineClass = "flow-definition" // kept as it is given, and never run
)

// item is a job or a folder.
type item struct {
	name, full string
	folder     bool
	external   bool
	config     config
	kids       []*item
	runs       []*run // the oldest first
	step       Step
}

func (i *item) kid(name string) *item {
	for _, k := range i.kids {
		if strings.EqualFold(k.name, name) { // Jenkins does not tell them apart
			return k
		}
	}
	return nil
}

func (i *item) find(full string) *item {
	at := i
	for part := range strings.SplitSeq(full, "/") {
		if at = at.kid(part); at == nil {
			return nil
		}
	}
	return at
}

func (i *item) walk(visit func(*item)) {
	visit(i)
	for _, k := range i.kids {
		k.walk(visit)
	}
}

func (i *item) run(number int) *run {
	for _, r := range i.runs {
		if r.number == number {
			return r
		}
	}
	return nil
}

func (i *item) class() string {
	switch {
	case i.folder:
		return folderClass
	case i.external:
		return externalClass
	}
	return projectClass
}

// pathOf is where Jenkins has a job: "/job/a/job/b".
func pathOf(full string) string {
	var path strings.Builder
	for part := range strings.SplitSeq(full, "/") {
		path.WriteString("/job/" + url.PathEscape(part))
	}
	return path.String()
}

// add makes an item in a folder.
func (i *item) add(name string, c config) *item {
	full := name
	if i.full != "" {
		full = i.full + "/" + name
	}
	kid := &item{name: name, full: full, config: c, folder: c.root == folderClass, external: c.root == externalClass}
	i.kids = append(i.kids, kid)
	return kid
}

func (i *item) drop(name string) {
	i.kids = slices.DeleteFunc(i.kids, func(k *item) bool { return k.name == name })
}

// above gives the folder of a full name, nil where there is none.
func (s *Server) above(full string) (folder *item, name string) {
	i := strings.LastIndexByte(full, '/')
	if i < 0 {
		return s.root, full
	}
	return s.root.find(full[:i]), full[i+1:]
}

// AddFolder makes a folder as a person would, and those above it.
func (s *Server) AddFolder(full string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.root
	for part := range strings.SplitSeq(full, "/") {
		next := at.kid(part)
		if next == nil {
			next = at.add(part, config{root: folderClass, text: "<?xml version='1.1' encoding='UTF-8'?>\n<" + folderClass + " plugin=\"cloudbees-folder@6.858\"/>"})
		}
		at = next
	}
}

// AddJob makes a job as a person would, or changes it.
func (s *Server) AddJob(tb testing.TB, full, xml string) {
	tb.Helper()
	c, err := rewrite([]byte(xml))
	if err != nil {
		tb.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	folder, name := s.above(full)
	if folder == nil {
		tb.Fatalf("no folder for %s", full)
	}
	if i := folder.kid(name); i != nil {
		i.config = c
		return
	}
	folder.add(name, c)
}

// Delete removes a job or a folder as a person would.
func (s *Server) Delete(full string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if folder, name := s.above(full); folder != nil {
		folder.drop(name)
	}
}

// Rename gives a job or a folder another name, in the same folder.
func (s *Server) Rename(full, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.root.find(full)
	if i == nil {
		return
	}
	old := i.full
	i.name = name
	i.walk(func(k *item) {
		k.full = strings.TrimSuffix(old, split(old)) + name + strings.TrimPrefix(k.full, old)
	})
}

func split(full string) (name string) { return full[strings.LastIndexByte(full, '/')+1:] }

// Has tells whether there is a job or a folder.
func (s *Server) Has(full string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.root.find(full) != nil
}

// Config gives a job's configuration as Jenkins wrote it; "" for none.
func (s *Server) Config(full string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.root.find(full); i != nil {
		return i.config.text
	}
	return ""
}
