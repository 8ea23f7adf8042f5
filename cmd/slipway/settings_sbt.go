package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// sbtRepositories is where sbt fetches packages, itself among them: the file
// of repositories that this machine's user has for it, which takes the place
// of those that builds name where SBT_OPTS says so, else what Maven's settings
// come to.
func (a *app) sbtRepositories() (toolSettings, error) {
	home := a.getenv("HOME")
	if home == "" {
		return toolSettings{}, nil
	}
	file := filepath.Join(home, ".sbt", "repositories")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return a.sbtFromMaven()
	}
	if err != nil {
		return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "sbt's repositories %s cannot be read", file).Because(err)
	}
	addresses := urlInScript.FindAllString(string(data), -1)
	for i, address := range addresses {
		addresses[i] = strings.TrimRight(address, ",")
		if u, err := url.Parse(addresses[i]); err != nil || u.User != nil {
			return toolSettings{}, slipway.Errorf(slipway.CodeUsage, "sbt's repositories %s has an address that is no URL, or one with a login", file).
				WithHint("a login stands in coursier's credentials.properties, or in Maven's settings.xml")
		}
	}
	if strings.Contains(a.getenv("SBT_OPTS"), "-Dsbt.override.build.repos=true") {
		data = append([]byte(sbtOnly), data...)
	}
	return toolSettings{file: data, hosts: hostsOf(addresses...)}, nil
}

func (a *app) sbtFromMaven() (toolSettings, error) {
	s, err := a.mavenSettings()
	if err != nil {
		return toolSettings{}, err
	}
	repositories := s.sbtRepositories()
	if repositories == "" {
		return toolSettings{}, nil
	}
	return toolSettings{file: []byte(repositories)}, nil // Maven's settings named the hosts
}

// sbtOnly says that what builds name repositories for is not fetched from
// there, as sbt's property of that name does.
const sbtOnly = "# sbt.override.build.repos=true\n"

// sbtRepositories says in sbt's form where packages are fetched before what
// builds name is asked; "" where Maven's settings send nobody elsewhere. Where
// everything has a mirror, nothing else is asked.
func (s mavenSettings) sbtRepositories() string {
	from := s.fetchedFrom()
	if len(from) == 0 {
		return ""
	}
	var b strings.Builder
	if slices.ContainsFunc(s.Mirrors, mavenMirror.everything) {
		b.WriteString(sbtOnly)
	}
	b.WriteString("[repositories]\n  local\n")
	if !slices.ContainsFunc(s.Mirrors, func(m mavenMirror) bool { return m.mirrors("central") }) {
		b.WriteString("  maven-central\n")
	}
	for i, r := range from {
		insecure := ""
		if strings.HasPrefix(r.URL, "http:") { // Maven was told of it, and sbt wants to be, too
			insecure = ", allowInsecureProtocol"
		}
		fmt.Fprintf(&b, "  maven-%d: %s%s\n", i+1, r.URL, insecure)
	}
	return b.String()
}

// fetchedFrom are the mirrors and the repositories of active profiles that
// packages come from, each once, with the ids of the servers that know them.
func (s mavenSettings) fetchedFrom() []mavenRepository {
	var found []mavenRepository
	add := func(id, address string) {
		if !slices.ContainsFunc(found, func(r mavenRepository) bool { return r.URL == address }) {
			found = append(found, mavenRepository{ID: id, URL: address})
		}
	}
	ask := func(id, address string) {
		for _, m := range s.Mirrors {
			if m.mirrors(id) && m.Blocked != "true" {
				id, address = m.ID, m.URL
				break
			}
		}
		if address != "" {
			add(id, address)
		}
	}
	ask("central", "")
	for _, p := range s.Profiles {
		if !slices.Contains(s.Active, p.ID) && (p.Activation == nil || !strings.Contains(p.Activation.Inner, "<activeByDefault>true<")) {
			continue
		}
		for _, r := range slices.Concat(p.Libraries, p.Plugins) {
			ask(r.ID, r.URL)
		}
	}
	return found
}

// mirrors tells whether a mirror stands for a repository that is reached over
// the network (Maven's guide to mirror settings).
func (m mavenMirror) mirrors(id string) bool {
	stands := false
	for of := range strings.SplitSeq(m.MirrorOf, ",") {
		switch of = strings.TrimSpace(of); of {
		case "!" + id:
			return false
		case "*", "external:*", id:
			stands = true
		}
	}
	return stands
}

func (m mavenMirror) everything() bool { return m.mirrors("*") || m.mirrors("external:*") }
