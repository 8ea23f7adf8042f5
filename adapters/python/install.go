package python

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// installScript gives the script and its arguments, which are the
// installer's.
func (p *planner) installScript(dev bool) (string, []string) {
	var b strings.Builder
	b.WriteString(begin)
	args := p.arguments(dev)
	local := p.manager.local
	if dev {
		local = append(slices.Clone(local), p.developerRequirements().local...)
	}
	b.WriteString(withoutLocal(local))
	switch {
	case p.manager.script != "" && p.manager.lock != "":
		b.WriteString(p.scriptExport())
	case p.manager.name == uv && p.manager.lock != "":
		b.WriteString(p.uvExport(dev))
	case p.manager.name == poetry:
		b.WriteString(p.poetryExport(dev))
	case p.manager.exported():
		b.WriteString(p.ownExport(dev))
	}
	if p.needsNetwork() {
		b.WriteString(install)
	}
	if p.deps.has("uwsgi") {
		b.WriteString(uwsgiLibrary)
	}
	b.WriteString("site=$(echo \"$venv\"/lib/python*/site-packages)\n")
	for _, q := range p.parties {
		if !p.manager.whole || q.dir != p.Dir {
			b.WriteString(q.about())
		}
	}
	b.WriteString(finish)
	return b.String(), args
}

// uwsgiLibrary brings the library that uWSGI is Python by: no run image has
// any need of it otherwise.
const uwsgiLibrary = `ldd "$venv/bin/uwsgi" | sed -n 's/.*=> \(.*\/libpython[^ ]*\) .*/\1/p' | while read -r lib; do
  cp "$lib" "$venv/lib/"
done
`

// arguments name what is installed.
func (p *planner) arguments(dev bool) []string {
	m := p.manager
	var args []string
	if m.requirements == "" && m.exported() {
		args = append(args, "-r", locked)
	}
	if m.requirements != "" {
		args = append(args, "-r", relative(m.root, m.requirements))
	}
	args = append(args, m.lines...)
	if dev {
		for _, name := range developerFiles() {
			if file := p.in(name); m.name == pip && repo.IsFile(p.Tree, file) {
				args = append(args, "-r", relative(m.root, file))
			}
		}
		args = append(args, p.developerLines()...)
		args = append(args, p.pipfileDevelopers()...)
	}
	if m.whole {
		args = append(args, ".")
	}
	if m.hashed && !dev && m.name == pip && !m.standard() {
		args = append([]string{"--require-hashes"}, args...)
	}
	for _, url := range p.indexes() {
		args = append([]string{"--extra-index-url", url}, args...)
	}
	return args
}

// indexes are those that a project of uv names; a lock file's export has
// them not.
func (p *planner) indexes() []string {
	if p.project == nil {
		return p.manager.indexes
	}
	return append(p.project.Tool.UV.indexes(), p.manager.indexes...)
}

func (t *uvTable) indexes() []string {
	if t == nil {
		return nil
	}
	var urls []string
	for _, index := range t.Index {
		if index.URL != "" {
			urls = append(urls, index.URL)
		}
	}
	return urls
}

// fetch brings a tool that the build image may lack.
func fetch(program string, packages ...string) string {
	return "command -v " + program + " >/dev/null || python3 -m pip install --quiet --no-input --root-user-action ignore " + strings.Join(packages, " ") + "\n"
}

func (p *planner) uvExport(dev bool) string {
	line := "uv export --quiet --frozen --no-emit-local --no-header --no-annotate --format requirements.txt --output-file " + locked
	if dev {
		line += " --all-groups --all-extras"
	} else {
		line += " --no-default-groups --no-dev"
	}
	if p.manager.member != "" {
		line += " --package " + command.Quoted(p.manager.member)
	}
	return p.manager.ownUV() + fetch("uv", "uv=="+uvVersion) + line + "\n"
}

// ownUV brings the very uv that a project names: no other does anything for
// it.
func (m manager) ownUV() string {
	if m.uv == "" {
		return ""
	}
	return "python3 -m pip install --quiet --no-input --root-user-action ignore --target /tmp/uv uv==" + m.uv + "\nexport PATH=/tmp/uv/bin:$PATH\n"
}

// poetryExport leaves packages of the tree out: their files are in the image.
func (p *planner) poetryExport(dev bool) string {
	b := fetch("poetry", "poetry=="+poetryVersion, "poetry-plugin-export=="+poetryExportVersion)
	if p.manager.lock == "" {
		b += "poetry lock --no-interaction\n"
	}
	line := "poetry export --no-interaction --format requirements.txt --output /tmp/exported.txt"
	if dev {
		line += " --all-groups"
	}
	return b + line + "\ngrep -v 'file:///app' /tmp/exported.txt >" + locked + " || true\n"
}

// exported tells whether the step writes a list of what is locked.
func (m manager) exported() bool {
	return m.name == poetry || m.standard() || m.lock != "" && slices.Contains([]string{uv, pdm, pipenv}, m.name)
}

//go:embed locked.py
var lockedScript string

// ownExport reads the lock files of PDM and Pipenv, and the standard one,
// without the tools: none does more to them than this, and what a tool of today is made of need not
// fit together tomorrow.
func (p *planner) ownExport(dev bool) string {
	groups := "default"
	if dev {
		groups = "'*'"
	}
	return "python3 - " + command.Quoted(path.Base(p.manager.lock)) + " " + groups + " >" + locked + " <<'END'\n" + lockedScript + "END\n"
}

// withoutLocal takes the packages of the tree out of the requirements files:
// their files are in the image, and what they need is asked for by name.
func withoutLocal(all []localRequirement) string {
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintf(&b, "sed -i '%ds/^/# /' %s\n", l.line, command.Quoted(path.Join(appDir, l.file)))
	}
	return b.String()
}
