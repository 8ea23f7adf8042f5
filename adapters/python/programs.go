package python

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// programPackages are programs that services call, and Debian's packages of
// them.
func programPackages() map[string]string {
	return map[string]string{
		"ffmpeg": "ffmpeg", "ffprobe": "ffmpeg", "sox": "sox", "mediainfo": "mediainfo",
		"pdftotext": "poppler-utils", "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils", "pdfimages": "poppler-utils", "pdfunite": "poppler-utils", "pdftocairo": "poppler-utils",
		"qpdf": "qpdf", "gs": "ghostscript", "tesseract": "tesseract-ocr", "convert": "imagemagick", "mogrify": "imagemagick", "identify": "imagemagick",
		"rsvg-convert": "librsvg2-bin", "optipng": "optipng", "jpegoptim": "jpegoptim", "pngquant": "pngquant", "exiftool": "libimage-exiftool-perl",
		"pandoc": "pandoc", "soffice": "libreoffice-writer-nogui", "libreoffice": "libreoffice-writer-nogui", "antiword": "antiword", "dot": "graphviz",
		"git": "git", "curl": "curl", "rsync": "rsync", "ssh": "openssh-client", "scp": "openssh-client", "gpg": "gnupg",
		"unzip": "unzip", "zip": "zip", "7z": "p7zip-full", "nmap": "nmap", "ping": "iputils-ping", "dig": "bind9-dnsutils",
		"pg_dump": "postgresql-client", "pg_restore": "postgresql-client", "psql": "postgresql-client", "mysqldump": "default-mysql-client", "mysql": "default-mysql-client", "redis-cli": "redis-tools",
		"chromium": "chromium", "chromedriver": "chromium-driver", "espeak-ng": "espeak-ng",
	}
}

// findPrograms looks for programs of the system that the sources call.
func (p *planner) findPrograms() error {
	known := programPackages()
	for _, file := range p.files() {
		for _, c := range p.modules[file].commands() {
			name := known[c.text]
			if name == "" || slices.Contains(p.packages.run, name) {
				continue
			}
			p.packages.run = append(p.packages.run, name)
			p.note(slipway.Evidence{
				File: file, Line: c.line, Found: "a call of the program " + c.text, Means: "needs the Debian package " + name,
				Knob: "packages: {run: […]} in " + manifest.Name + " adds others",
			})
		}
	}
	return nil
}

// commands are the first words of the command lines that a file calls. A list
// that is called later is often put together in a variable before.
func (m *module) commands() []textLine {
	if first(m.calls, commandCalls()) == "" {
		return nil
	}
	return m.words
}

// commandCalls are what runs or looks for a program.
func commandCalls() []string {
	return []string{
		"subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.getoutput",
		"os.system", "os.popen", "shutil.which", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
	}
}

// word notes what may be the first word of a command: a string that begins a
// call's arguments or a list.
func (m *module) word(t []token, i int) {
	if i+1 >= len(t) || t[i+1].kind != stringToken || t[i].text != "(" && t[i].text != "[" {
		return
	}
	if t[i].text == "(" && (i == 0 || t[i-1].kind != nameToken || !slices.Contains(commandCalls(), m.resolve(callee(t[:i])))) {
		return
	}
	if t[i].text == "[" && i > 0 && (t[i-1].kind == nameToken || t[i-1].text == "]" || t[i-1].text == ")") {
		return // an index
	}
	if fields := strings.Fields(t[i+1].text); len(fields) > 0 {
		m.words = append(m.words, textLine{fields[0], t[i+1].line})
	}
}
