package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// pkg is a package.json. Parts that have another form than npm documents are
// taken as absent, as npm itself does with most of them.
type pkg struct {
	dir            string // in the tree
	Name           string
	Main           string
	Module         bool // "type": "module"
	PackageManager string
	Scripts        map[string]string
	Dependencies   map[string]string
	Dev            map[string]string
	Optional       map[string]string
	Engines        map[string]string
	Volta          map[string]string
	raw            map[string]json.RawMessage
	lines          map[string]int // of "key" and "key.key"
}

// readPackage reads the package.json of a directory, which has one.
func readPackage(tree fs.FS, dir string) (*pkg, error) {
	file := path.Join(dir, packageFile)
	data, ok, err := repo.Read(tree, file)
	if err != nil {
		return nil, err
	}
	if !ok {
		if other := otherForm(tree, dir); other != "" {
			return nil, invalid("%s is there and %s is not, which node and every tool but pnpm read", repo.Quote(other), repo.Quote(file)).
				WithHint("write it as JSON: `pnpm dlx json5 package.json5 --out-file package.json`, and commit that in its place")
		}
		return nil, invalid("%s is not there", repo.Show(file))
	}
	p, err := parsePackage(data)
	if at := bytes.Index(data, []byte("\n<<<<<<< ")); err != nil && at >= 0 {
		return nil, invalid("%s:%d has the marks of a merge conflict", repo.Quote(file), lineAt(data, int64(at)+1)).WithHint("decide which side counts, and commit the file without them")
	}
	if err != nil {
		line := 0
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			line = lineAt(data, e.Offset)
		}
		return nil, invalid("%s:%d is not JSON", repo.Quote(file), max(line, 1)).WithHint("mend it; `npm pkg get name` says whether npm can read it").Because(err)
	}
	p.dir = dir
	return p, nil
}

// otherForm is the package.json of a directory in a form that pnpm alone
// reads, "" without one.
func otherForm(tree fs.FS, dir string) string {
	for _, name := range []string{"package.json5", "package.yaml"} {
		if file := path.Join(dir, name); repo.IsFile(tree, file) {
			return file
		}
	}
	return ""
}

func parsePackage(data []byte) (*pkg, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := &pkg{}
	if err := json.Unmarshal(data, &p.raw); err != nil {
		return nil, err
	}
	p.Name, p.Main, p.PackageManager = p.text("name"), p.text("main"), p.text("packageManager")
	p.Module = p.text("type") == "module"
	for key, to := range map[string]*map[string]string{
		"scripts": &p.Scripts, "dependencies": &p.Dependencies, "devDependencies": &p.Dev,
		"optionalDependencies": &p.Optional, "engines": &p.Engines, "volta": &p.Volta,
	} {
		*to = texts(p.raw[key])
	}
	p.lines = linesOf(data)
	return p, nil
}

func (p *pkg) text(key string) string {
	var s string
	if json.Unmarshal(p.raw[key], &s) != nil {
		return ""
	}
	return s
}

// texts are the members of an object that are strings.
func texts(raw json.RawMessage) map[string]string {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	found := map[string]string{}
	for k, v := range all {
		var s string
		if json.Unmarshal(v, &s) == nil {
			found[k] = s
		}
	}
	return found
}

// file is its name in the tree.
func (p *pkg) file() string { return path.Join(p.dir, packageFile) }

// at is "FILE:LINE" of a key, for people.
func (p *pkg) at(key string) string {
	return repo.Quote(p.file()) + ":" + strconv.Itoa(max(p.lines[key], 1))
}

// startScript is what `npm start` would run, "" when nothing is declared.
func (p *pkg) startScript() string { return p.Scripts["start"] }

// bin is the only program that the package gives to others, "" without one.
func (p *pkg) bin() string {
	if s := p.text("bin"); s != "" {
		return s
	}
	all := texts(p.raw["bin"])
	if len(all) != 1 {
		return ""
	}
	for _, file := range all {
		return file
	}
	return ""
}

// has tells whether the package needs another one, for running or building.
func (p *pkg) has(name string) bool {
	return p.runs(name) || p.Dev[name] != ""
}

// runs tells whether the package needs another one to run.
func (p *pkg) runs(name string) bool {
	return p.Dependencies[name] != "" || p.Optional[name] != ""
}

// workspaces are the patterns of the packages that are installed together
// with this one (npm's form, and yarn's with an object).
func (p *pkg) workspaces() []string {
	var list []string
	if json.Unmarshal(p.raw["workspaces"], &list) == nil {
		return list
	}
	var object struct{ Packages []string }
	if json.Unmarshal(p.raw["workspaces"], &object) == nil {
		return object.Packages
	}
	return nil
}

// linesOf finds the lines of an object's keys, one level deep: "scripts" and
// "scripts.start". It is called with JSON that was parsed before.
func linesOf(data []byte) map[string]int {
	lines := map[string]int{}
	dec := json.NewDecoder(bytes.NewReader(data))
	depth, key, outer := 0, true, ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) || err != nil {
			return lines
		}
		if d, ok := token.(json.Delim); ok {
			switch d {
			case '{':
				depth++
				key = true
				continue
			case '[':
				if err := skipArray(dec); err != nil {
					return lines
				}
			default:
				depth--
			}
			key = true
			continue
		}
		if name, ok := token.(string); ok && key {
			switch depth {
			case 1:
				outer = name
				lines[name] = lineAt(data, dec.InputOffset())
			case 2:
				lines[outer+"."+name] = lineAt(data, dec.InputOffset())
			}
			key = false
			continue
		}
		key = true
	}
}

func skipArray(dec *json.Decoder) error {
	for open := 1; open > 0; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			open++
		case json.Delim(']'), json.Delim('}'):
			open--
		}
	}
	return nil
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}

// says tells whether an object of the file has one of some keys.
func (p *pkg) says(object string, keys ...string) bool {
	var all map[string]json.RawMessage
	if json.Unmarshal(p.raw[object], &all) != nil {
		return false
	}
	for _, k := range keys {
		if _, ok := all[k]; ok {
			return true
		}
	}
	return false
}
