package manifest

import (
	"fmt"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Choose gives the service of the given bare name, or the only one at the
// given directory; "" and the file's own directory leave the choice open. A directory that no
// service is declared for is a service of its own about which nothing is
// declared.
//
// A name that is not declared is CodeNotFound, an open choice between
// several CodeAmbiguous, a name declared for another directory CodeUsage.
func (f File) Choose(name, dir string) (Service, error) {
	here, open := f.Services, dir == path.Clean("./"+f.dir)
	if !open {
		here = slices.DeleteFunc(slices.Clone(here), func(s Service) bool { return s.Path != dir })
	}
	if name == "" {
		return f.only(here, dir)
	}
	i := slices.IndexFunc(f.Services, func(s Service) bool { return s.Name == name })
	switch {
	case i >= 0 && (open || f.Services[i].Path == dir):
		return f.Services[i], nil
	case i >= 0:
		return Service{}, slipway.Errorf(slipway.CodeUsage, "%s says that %s is in %q, not in %q", Name, name, f.Services[i].Path, dir).
			WithHint("leave the directory out, or declare the service there")
	case len(here) == 1 && here[0].Name == "":
		s := here[0]
		s.Name = name
		return s, nil
	case len(here) == 0:
		return Service{Name: name, Path: dir}, nil
	}
	return Service{}, slipway.Errorf(slipway.CodeNotFound, "%s declares no service %s", Name, name).
		WithHint("declare it, or name one that is").WithDetails(f.list(here)...)
}

func (f File) only(here []Service, dir string) (Service, error) {
	switch len(here) {
	case 0:
		return Service{Path: dir}, nil
	case 1:
		return here[0], nil
	}
	return Service{}, slipway.Errorf(slipway.CodeAmbiguous, "%s declares %d services", Name, len(here)).
		WithHint("choose one, for example with --service TEAM/%s", here[0].Name).WithDetails(f.list(here)...)
}

func (f File) list(services []Service) []string {
	lines := make([]string, len(services))
	for i, s := range services {
		lines[i] = fmt.Sprintf("%s: --service TEAM/%s, in %q", s.Name, s.Name, s.Path)
	}
	return lines
}
