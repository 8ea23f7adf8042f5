package jenkins

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Source is where a job's program comes from, as its configuration says it.
type Source struct {
	Kind   string // "freestyle", "pipeline", "multibranch", "maven" or the element's own name
	URL    string // of the git repository; "" where there is none
	Branch string // short name; "" where it names none, several or a pattern
	Path   string // directory in the repository that it is about; "" is its root, or not known
	Why    string // where URL is "": what there is in its place, a sentence
}

// SourceOf reads a job's configuration. CodeInvalid: it is none.
func SourceOf(config []byte) (Source, error) {
	root, err := parseConfig(config)
	if err != nil {
		return Source{}, slipway.Errorf(slipway.CodeInvalid, "the job's configuration is not XML that can be read").Because(err)
	}
	s := Source{Kind: kindOf(root.name)}
	from := places(root)
	if len(from) == 0 {
		s.Why = withoutGit(root)
		return s, nil
	}
	s.URL, s.Branch = from[0].url, from[0].branch
	for _, p := range from[1:] {
		if p.url != s.URL {
			s.Why = "it has several repositories, of which the first is taken"
		}
	}
	s.Path = directory(root)
	return s, nil
}

func kindOf(element string) string {
	switch known := map[string]string{
		"project": "freestyle", "flow-definition": "pipeline", "maven2-moduleset": "maven", "matrix-project": "matrix",
		"org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject": "multibranch",
		"jenkins.branch.OrganizationFolder":                                     "organisation",
	}[element]; known {
	case "":
		return element
	default:
		return known
	}
}

// place is a repository and the branch that is built of it.
type place struct{ url, branch string }

// places lists the repositories that a configuration names, in its order: by
// the git plugin, by its branch source, or by those of GitHub, GitLab,
// Bitbucket and Gitea, which name a server and a repository.
func places(n *node) []place {
	var all []place
	switch class := n.attributes["class"]; {
	case strings.HasSuffix(class, ".GitSCM"):
		return gitPlaces(n)
	case strings.HasSuffix(class, ".GitSCMSource"):
		if url := strings.TrimSpace(n.child("remote")); url != "" {
			return []place{{url: url}}
		}
	case strings.HasSuffix(class, ".GitHubSCMSource"):
		return hosted(n, "https://github.com", n.child("repoOwner"), n.child("repository"))
	case strings.HasSuffix(class, ".BitbucketSCMSource"):
		return hosted(n, "https://bitbucket.org", n.child("repoOwner"), n.child("repository"))
	case strings.HasSuffix(class, ".GiteaSCMSource"):
		return hosted(n, "", n.child("repoOwner"), n.child("repository"))
	case strings.HasSuffix(class, ".GitLabSCMSource"):
		return hosted(n, "", "", n.child("projectPath"))
	}
	for _, kid := range n.kids {
		all = append(all, places(kid)...)
	}
	return all
}

func gitPlaces(n *node) []place {
	branch := ""
	if names := n.all("hudson.plugins.git.BranchSpec", nil); len(names) == 1 {
		branch = shortBranch(strings.TrimSpace(names[0].child("name")))
	}
	var all []place
	for _, r := range n.all("hudson.plugins.git.UserRemoteConfig", nil) {
		if url := strings.TrimSpace(r.child("url")); url != "" {
			all = append(all, place{url, branch})
		}
	}
	return all
}

// shortBranch is the branch that a BranchSpec names; "" for a pattern, a
// variable or a commit.
func shortBranch(spec string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/origin/", "remotes/origin/", "origin/", "*/"} {
		if name, ok := strings.CutPrefix(spec, prefix); ok {
			spec = name
			break
		}
	}
	if !slipway.ValidRef("refs/heads/" + spec) {
		return ""
	}
	return spec
}

// hosted is a repository of a forge: its own URL where it has one, else that
// at the server.
func hosted(n *node, usual, owner, name string) []place {
	if url := strings.TrimSpace(n.child("repositoryUrl")); url != "" {
		return []place{{url: url}}
	}
	server := strings.TrimSpace(n.child("serverUrl"))
	if server == "" || usual != "" && !strings.HasPrefix(server, "http") {
		server = usual
	}
	full := strings.Trim(path.Join(strings.TrimSpace(owner), strings.TrimSpace(name)), "/")
	if server == "" || full == "" {
		return nil
	}
	return []place{{url: strings.TrimSuffix(server, "/") + "/" + full + ".git"}}
}

// directory is the part of the repository that a job is about: where its
// Jenkinsfile or its POM is, when that is not the root.
func directory(root *node) string {
	for _, name := range []string{"scriptPath", "rootPOM"} {
		for _, n := range root.all(name, nil) {
			dir := path.Dir(path.Clean(strings.TrimSpace(n.text)))
			if dir != "." && !path.IsAbs(dir) && !strings.HasPrefix(dir, "..") {
				return dir
			}
		}
	}
	return ""
}

func withoutGit(root *node) string {
	for _, n := range root.all("scm", nil) {
		if class := n.attributes["class"]; class != "" && !strings.HasSuffix(class, "NullSCM") {
			return "its sources are not in git but in " + class[strings.LastIndexByte(class, '.')+1:]
		}
	}
	if len(root.all("script", nil)) > 0 {
		return "its pipeline is written into the job, and names no repository there"
	}
	return "it names no repository"
}

// child is the text of the first element of that name right below.
func (n *node) child(name string) string {
	for _, kid := range n.kids {
		if kid.name == name {
			return kid.text
		}
	}
	return ""
}

// all collects the elements of a name, at any depth.
func (n *node) all(name string, found []*node) []*node {
	for _, kid := range n.kids {
		if kid.name == name {
			found = append(found, kid)
		}
		found = kid.all(name, found)
	}
	return found
}
