package python

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/manifest"
)

// systemPackages are Debian packages: for the steps and in the image.
type systemPackages struct{ build, run []string }

// knownPackages are Python packages that have no wheels, or wheels that rely
// on libraries of the system; from their own documentation. A name with ^ and
// $ is a pattern that apt matches: the same library has another name in
// another release.
func knownPackages() map[string]systemPackages {
	return map[string]systemPackages{
		"psycopg2":              {[]string{"libpq-dev"}, []string{"libpq5"}},
		"psycopg":               {nil, []string{"libpq5"}},
		"psycopg-c":             {[]string{"libpq-dev"}, []string{"libpq5"}},
		"mysqlclient":           {[]string{"default-libmysqlclient-dev"}, []string{"libmariadb3"}},
		"pycairo":               {[]string{"libcairo2-dev"}, []string{"libcairo2"}},
		"cairosvg":              {nil, []string{"libcairo2"}},
		"cairocffi":             {nil, []string{"libcairo2"}},
		"python-ldap":           {[]string{"libldap-dev", "libsasl2-dev"}, []string{"^libldap-?2(\\.5-0)?$", "libsasl2-2"}},
		"gdal":                  {[]string{"libgdal-dev"}, []string{"^libgdal3[0-9]$"}},
		"pygraphviz":            {[]string{"libgraphviz-dev"}, []string{"graphviz"}},
		"xmlsec":                {[]string{"libxmlsec1-dev"}, []string{"libxmlsec1-openssl"}},
		"python3-saml":          {[]string{"libxmlsec1-dev"}, []string{"libxmlsec1-openssl"}},
		"opencv-python":         {nil, []string{"libgl1", "libglib2.0-0"}},
		"opencv-contrib-python": {nil, []string{"libgl1", "libglib2.0-0"}},
		"weasyprint":            {nil, []string{"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"}},
		"python-magic":          {nil, []string{"libmagic1"}},
		"pyzbar":                {nil, []string{"libzbar0"}},
		"pydub":                 {nil, []string{"ffmpeg"}},
		"ffmpeg-python":         {nil, []string{"ffmpeg"}},
		"pdf2image":             {nil, []string{"poppler-utils"}},
		"pytesseract":           {nil, []string{"tesseract-ocr"}},
		"lightgbm":              {nil, []string{"libgomp1"}},
		"pyodbc":                {[]string{"unixodbc-dev"}, []string{"libodbc2"}},
		"pylibmc":               {[]string{"libmemcached-dev", "zlib1g-dev"}, []string{"^libmemcached11(t64)?$"}},
		"m2crypto":              {[]string{"libssl-dev", "swig"}, nil},
		"pygobject":             {[]string{"libgirepository1.0-dev", "libcairo2-dev"}, []string{"libgirepository-1.0-1", "libcairo2"}},
		"pycups":                {[]string{"libcups2-dev"}, []string{"libcups2"}},
		"dbus-python":           {[]string{"libdbus-1-dev", "libglib2.0-dev"}, []string{"libdbus-1-3", "libglib2.0-0"}},
		"graphviz":              {nil, []string{"graphviz"}},
	}
}

// findPackages looks the dependencies up. What psycopg brings in its own
// wheels needs nothing.
func (p *planner) findPackages() error {
	known := knownPackages()
	for _, name := range sortedKeys(known) {
		if !p.deps.has(name) || name == "psycopg" && p.bundled() {
			continue
		}
		add := known[name]
		p.packages.build = append(p.packages.build, add.build...)
		p.packages.run = append(p.packages.run, add.run...)
		all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(add.build, add.run))))
		if len(all) == 0 {
			continue
		}
		e := p.deps.where(name)
		e.Means = "needs the Debian packages " + strings.Join(all, ", ")
		e.Knob = "packages: {build: […], run: […]} in " + manifest.Name + " adds others"
		p.note(e)
	}
	return nil
}

// bundled tells whether psycopg comes with its library.
func (p *planner) bundled() bool {
	for _, d := range p.deps.direct {
		if d.name == "psycopg" && (slices.Contains(d.extras, "binary") || slices.Contains(d.extras, "c")) {
			return true
		}
	}
	return p.deps.has("psycopg-binary") || p.deps.has("psycopg-c")
}
