package worker

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// servicesOf gives the services of a repository: those that its slipway.yaml
// declares, else those that are registered for it. The error is a problem of
// the repository, or that its files cannot be had.
func servicesOf(tree Tree, task slipway.Task) ([]slipway.Found, error) {
	named, err := declared(tree, task)
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		for _, s := range task.Services {
			named = append(named, slipway.Found{Name: s.Name.Name, Path: s.Path})
		}
	}
	if len(named) == 0 {
		return nil, slipway.Errorf(slipway.CodeNotFound, "nothing says which services this repository has").
			WithHint("declare them in %s at its root, or register one: slipway service add", manifest.Name)
	}
	for i := range named {
		if named[i], err = planned(tree, named[i]); err != nil {
			return nil, err
		}
	}
	return named, nil
}

// declared gives the services of slipway.yaml, none without one.
func declared(tree Tree, task slipway.Task) ([]slipway.Found, error) {
	data, there, err := repo.Read(tree.FS(), manifest.Name)
	if err != nil || !there {
		return nil, err
	}
	file, err := manifest.Parse(data, ".")
	if err != nil {
		return nil, err
	}
	found := make([]slipway.Found, 0, len(file.Services))
	for _, s := range file.Services {
		f := slipway.Found{Name: s.Name, Path: s.Path, Kind: s.Kind, Needs: s.Needs}
		if f.Path == "." {
			f.Path = ""
		}
		if f.Name == "" {
			if f.Name = nameOf(f.Path, task); f.Name == "" {
				return nil, slipway.Errorf(slipway.CodeInvalid, "%s declares a service without a name", manifest.Name).
					WithHint("write `name:`, in lower-case letters, digits and inner hyphens").WithClass(slipway.ClassCode)
			}
		}
		found = append(found, f)
	}
	return found, nil
}

// nameOf is the name of the only service of a slipway.yaml that gives none:
// that under which it is registered, else its repository's.
func nameOf(dir string, task slipway.Task) string {
	i := slices.IndexFunc(task.Services, func(s slipway.Service) bool { return path.Clean(cmp.Or(s.Path, ".")) == cmp.Or(dir, ".") })
	if i >= 0 {
		return task.Services[i].Name.Name
	}
	base := strings.TrimSuffix(strings.TrimRight(task.Origin.URL, "/"), ".git")
	base = strings.ToLower(base[strings.LastIndexAny(base, "/:")+1:])
	if !slipway.ValidLabel(base) {
		return ""
	}
	return base
}

// planned says what a service is made of. One that has no plan is built all
// the same, to say why in its log.
func planned(tree Tree, f slipway.Found) (slipway.Found, error) {
	plan, err := plan(tree, f)
	if err == nil {
		f.Kind, f.Needs = plan.Kind, plan.Needs
		f.Inputs, err = inputsOf(tree, plan)
	}
	if code := slipway.ErrorCode(err); code == slipway.CodeUnavailable || code == slipway.CodeBusy {
		return f, err // its files cannot be had just now
	}
	return f, nil
}

// inputsOf identifies what the plan reads and what it is.
func inputsOf(tree Tree, plan slipway.Plan) (string, error) {
	files, err := tree.Hash(plan.Inputs)
	if err != nil {
		return "", err
	}
	digest := plan.Digest()
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%d:%s", len(files), files, len(digest), digest))
	return hex.EncodeToString(sum[:]), nil
}

// plan is adapters.Plan. A defect that one service meets is not the others'.
func plan(tree Tree, f slipway.Found) (p slipway.Plan, err error) {
	defer func() {
		if met := recover(); met != nil {
			err = slipway.Errorf(slipway.CodeInternal, "the plan of %s met a defect of Slipway: %v", f.Name, met)
		}
	}()
	return adapters.Plan(adapters.Request{Tree: tree.FS(), Path: f.Path, Service: f.Name})
}
