package adapters

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// declaration is what slipway.yaml says about the service at dir, and the
// evidence of which file said it. One file counts, never two together: the
// root's when it declares a service in dir or of this name, else dir's own.
func declaration(tree fs.FS, name, dir string) (manifest.Service, []slipway.Evidence, error) {
	root, atRoot, err := declarations(tree, ".")
	if err != nil {
		return manifest.Service{}, nil, err
	}
	if dir != "." && repo.IsDir(tree, dir) && !root.Declares(name, dir) {
		own, there, err := declarations(tree, dir)
		if err != nil {
			return manifest.Service{}, nil, err
		}
		if there {
			return chosen(own, true, name, dir)
		}
	}
	s, evidence, err := chosen(root, atRoot, name, dir)
	if own := path.Join(dir, manifest.Name); dir != "." && repo.IsFile(tree, own) {
		evidence = append(evidence, slipway.Evidence{
			File: own, Found: "a file of the directory's own",
			Means: "not read: the one at the root of the repository declares this service",
		})
	}
	return s, evidence, err
}

// DeclaredName is the name of the only service that slipway.yaml declares in
// a directory of the tree, or the one of that name where it declares several;
// otherwise where none has one. Errors are as of Plan.
func DeclaredName(tree fs.FS, dir, otherwise string) (string, error) {
	if dir = path.Clean("./" + dir); !fs.ValidPath(dir) {
		return otherwise, nil
	}
	s, _, err := declaration(tree, "", dir)
	if slipway.ErrorCode(err) == slipway.CodeAmbiguous {
		if _, _, named := declaration(tree, otherwise, dir); named == nil {
			return otherwise, nil
		}
	}
	return cmp.Or(s.Name, otherwise), err
}

// declarations reads the slipway.yaml of a directory, and tells whether there
// is one.
func declarations(tree fs.FS, dir string) (manifest.File, bool, error) {
	name := path.Join(dir, manifest.Name)
	data, there, err := repo.Read(tree, name)
	if err != nil {
		return manifest.File{}, false, err
	}
	if other := path.Join(dir, "slipway.yml"); !there && repo.IsFile(tree, other) {
		return manifest.File{}, false, slipway.Errorf(slipway.CodeInvalid, "%s is not read: the file is called %s", repo.Quote(other), manifest.Name).
			WithHint("`git mv %s %s`", repo.Quote(other), repo.Quote(name)).WithClass(slipway.ClassCode)
	}
	if !there {
		return manifest.File{}, false, nil
	}
	file, err := manifest.Parse(data, dir)
	return file, true, inFile(err, name)
}

func chosen(file manifest.File, there bool, name, dir string) (manifest.Service, []slipway.Evidence, error) {
	s, err := file.Choose(name, dir)
	if err != nil {
		return manifest.Service{}, nil, inFile(err, file.Path())
	}
	if !there {
		return s, nil, nil
	}
	e := slipway.Evidence{File: file.Path(), Line: s.Line(""), Found: "declares the service in " + repo.Show(s.Path), Means: "its settings count"}
	switch {
	case s.Line("") == 0:
		e.Found, e.Means = "declares no service in "+repo.Show(dir), "nothing is declared about it"
	case path.Dir(file.Path()) != ".":
		e.Means = "its settings count, and its paths begin in " + repo.Show(dir)
	}
	return s, []slipway.Evidence{e}, nil
}

// inFile says which slipway.yaml an error is about: the messages of package
// manifest begin with its bare name.
func inFile(err error, file string) error {
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		return err
	}
	named := *e
	if rest, ok := strings.CutPrefix(e.Message, manifest.Name); ok {
		named.Message = repo.Quote(file) + rest
	}
	return &named
}
