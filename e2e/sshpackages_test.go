//go:build e2e

package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSSH_Packages builds services of three languages with a package from a
// repository over ssh, by the package managers that call git for it; nothing
// else of the host is read, and nothing of the key is left.
func TestSSH_Packages(t *testing.T) { //nolint:tparallel // its parts share one data directory, and come one after another
	t.Parallel()
	h := newSSHHost(t)
	w := sshWorld(t, h, newPlainWorld(t))
	for _, c := range []struct {
		about   string
		service func(*testing.T, *sshHost) string
		text    string
	}{
		{"npm", npmSSHService, "words by npm"},
		{"pip", pipSSHService, "words by pip"},
		{"uv", uvSSHService, "words by uv"},
		{"cargo", cargoSSHService, "words by cargo"},
	} {
		t.Run(c.about, func(t *testing.T) {
			h.builds(t, w, c.service(t, h), c.text)
		})
	}
	t.Run("a package that reads another repository", func(t *testing.T) {
		h.once(t, "team/secret.git", map[string]string{"word": "of nobody's business"})
		thief := pythonWords("words of a thief")
		thief["backend.py"] = "import subprocess\nsubprocess.run(['git', 'ls-remote', " + fmt.Sprintf("%q", h.url("team/secret.git")) + "], check=True)\n" + thief["backend.py"]
		h.once(t, "pip/thief.git", thief)
		dir := filepath.Join(t.TempDir(), "desk")
		write(t, filepath.Join(dir, "requirements.txt"), "words @ git+"+h.url("pip/thief.git@v1.0.0")+"\n")
		write(t, filepath.Join(dir, "main.py"), pythonServer)
		o := w.run(t, "build", dir, "--service", "shop/robbed")
		message, hint := lastError(o.stderr)
		if want := "no manifest or lock file of the service names the repository " + h.address + "/team/secret"; o.code != 1 || !strings.Contains(message, want) || !strings.Contains(hint, "commit the lock file") {
			t.Errorf("exit code %d, %q, %q, want %q\n%s", o.code, message, hint, want, o.stderr)
		}
		for _, command := range h.commands() {
			if strings.Contains(command, "secret") {
				t.Errorf("the host was asked for %q", command)
			}
		}
	})
}

func packageJSON(h *sshHost) string {
	return fmt.Sprintf(`{"name": "desk", "version": "1.0.0", "scripts": {"start": "node server.js"}, "dependencies": {"words": "git+%s"}}`, h.url("npm/words.git#v1.0.0"))
}

func npmSSHService(t *testing.T, h *sshHost) string {
	t.Helper()
	commit := h.once(t, "npm/words.git", map[string]string{
		"package.json": `{"name": "words", "version": "1.0.0", "main": "index.js"}`, "index.js": "module.exports = 'words by npm';\n",
	})
	dir := filepath.Join(t.TempDir(), "desk")
	write(t, filepath.Join(dir, "package.json"), packageJSON(h))
	write(t, filepath.Join(dir, "package-lock.json"), fmt.Sprintf(`{"name": "desk", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
	"": {"name": "desk", "version": "1.0.0", "dependencies": {"words": "git+%s"}},
	"node_modules/words": {"version": "1.0.0", "resolved": "git+%s"}}}`, h.url("npm/words.git#v1.0.0"), h.url("npm/words.git#"+commit)))
	write(t, filepath.Join(dir, "server.js"), "require('node:http').createServer((q, s) => s.end(require('words'))).listen(process.env.PORT);\n")
	return dir
}

// pythonWords is a package that builds itself, without any other.
func pythonWords(text string) map[string]string {
	return map[string]string{
		"pyproject.toml": "[project]\nname = \"words\"\nversion = \"1.0\"\n\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
		"backend.py": `
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "words-1.0-py3-none-any.whl"
    info = "words-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as z:
        z.writestr("words.py", open("words.py").read())
        z.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: words\nVersion: 1.0\n")
        z.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(info + "RECORD", "words.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n")
    return name

def build_sdist(directory, config_settings=None):
    raise NotImplementedError
`,
		"words.py": "TEXT = \"" + text + "\"\n",
	}
}

const pythonServer = `
import http.server, os, words

class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(words.TEXT.encode())

http.server.HTTPServer(("", int(os.environ["PORT"])), H).serve_forever()
`

func pipSSHService(t *testing.T, h *sshHost) string {
	t.Helper()
	h.once(t, "pip/words.git", pythonWords("words by pip"))
	dir := filepath.Join(t.TempDir(), "desk")
	write(t, filepath.Join(dir, "requirements.txt"), "words @ git+"+h.url("pip/words.git@v1.0.0")+"\n")
	write(t, filepath.Join(dir, "main.py"), pythonServer)
	return dir
}

func uvSSHService(t *testing.T, h *sshHost) string {
	t.Helper()
	commit := h.once(t, "uv/words.git", pythonWords("words by uv"))
	dir := filepath.Join(t.TempDir(), "desk")
	write(t, filepath.Join(dir, "pyproject.toml"), fmt.Sprintf("[project]\nname = \"desk\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\ndependencies = [\"words\"]\n\n[tool.uv.sources]\nwords = { git = %q, tag = \"v1.0.0\" }\n", h.url("uv/words.git")))
	write(t, filepath.Join(dir, "uv.lock"), fmt.Sprintf(`
version = 1
requires-python = ">=3.11"

[[package]]
name = "desk"
version = "1.0"
source = { virtual = "." }
dependencies = [
    { name = "words" },
]

[package.metadata]
requires-dist = [{ name = "words", git = "%s?tag=v1.0.0" }]

[[package]]
name = "words"
version = "1.0"
source = { git = "%s?tag=v1.0.0#%s" }
`, h.url("uv/words.git"), h.url("uv/words.git"), commit))
	write(t, filepath.Join(dir, "main.py"), pythonServer)
	return dir
}

func cargoSSHService(t *testing.T, h *sshHost) string {
	t.Helper()
	commit := h.once(t, "cargo/words.git", map[string]string{
		"Cargo.toml": "[package]\nname = \"words\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "pub const TEXT: &str = \"words by cargo\";\n",
	})
	dir := filepath.Join(t.TempDir(), "desk")
	write(t, filepath.Join(dir, "slipway.yaml"), "services:\n  - kind: task\n")
	write(t, filepath.Join(dir, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"desk\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[dependencies]\nwords = { git = %q, tag = \"v1.0.0\" }\n", h.url("cargo/words.git")))
	write(t, filepath.Join(dir, "Cargo.lock"), fmt.Sprintf(`
version = 3

[[package]]
name = "desk"
version = "1.0.0"
dependencies = [
 "words",
]

[[package]]
name = "words"
version = "1.0.0"
source = "git+%s?tag=v1.0.0#%s"
`, h.url("cargo/words.git"), commit))
	write(t, filepath.Join(dir, "src/main.rs"), "fn main() { println!(\"{}\", words::TEXT); }\n")
	return dir
}
