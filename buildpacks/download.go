package buildpacks

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Download is a file of a package registry that a recipe needs. Exactly one
// of Npm, Maven and Wheel says where it is from.
type Download struct {
	Name   string `yaml:"name"`   // of the file, in the build context called downloads
	Npm    string `yaml:"npm"`    // NAME@VERSION
	Maven  string `yaml:"maven"`  // path in a Maven repository
	Wheel  string `yaml:"-"`      // file name in a Python package index
	Digest string `yaml:"digest"` // "sha256:…" or "sha512:…", hex; "" for an npm package: the registry says it
}

// DownloadsOf gives the files of package registries that the image of a
// target needs, those of its list of wheels too.
func (r Recipes) DownloadsOf(t Target) ([]Download, error) {
	recipe, err := r.Named(t.Recipe)
	if err != nil {
		return nil, err
	}
	downloads := make([]Download, 0, len(recipe.Downloads))
	for _, d := range recipe.Downloads {
		d.Npm = fill(d.Npm, t.Version, t.Suite)
		downloads = append(downloads, d)
	}
	if recipe.Wheels == "" {
		return downloads, nil
	}
	list := path.Join(recipe.Name, fill(recipe.Wheels, t.Version, t.Suite))
	data, err := fs.ReadFile(r.Files, list)
	if err != nil {
		return nil, err
	}
	wheels, err := parseWheels(list, data)
	return append(downloads, wheels...), err
}

// parseWheels reads lines of a digest and a file name, as sha256sum writes
// them.
func parseWheels(name string, data []byte) ([]Download, error) {
	var wheels []Download
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 2 || len(fields[0]) != 64 || !strings.HasSuffix(fields[1], ".whl") {
			return nil, fmt.Errorf("%s: %q is no digest and wheel", name, lines.Text())
		}
		wheels = append(wheels, Download{Name: fields[1], Wheel: fields[1], Digest: "sha256:" + fields[0]})
	}
	return wheels, lines.Err()
}
