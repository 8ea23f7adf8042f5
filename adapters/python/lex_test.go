package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLex(t *testing.T) {
	t.Parallel()
	src := "\ufeff# app = no\nfrom a import (b,\n  c)  # more\nif x: pass; y = r'a\\'b'\n\tz = f\"\"\"q\n'\"\"\" \\\n  + 'it\\'s'\nopen = 'never\nlast = 1\n"
	var got []string
	for _, st := range lex([]byte(src)) {
		var words []string
		for _, x := range st.tokens {
			words = append(words, string(x.kind)+":"+x.text)
		}
		got = append(got, strings.Join(words, " "))
	}
	want := []string{
		"n:from n:a n:import o:( n:b o:, n:c o:)",
		"n:if n:x o:: n:pass",
		`n:y o:= s:a\'b`,
		"n:z o:= s:q\n' o:+ s:it's",
		"n:open o:= s:never",
		"n:last o:= o:1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLex_lines(t *testing.T) {
	t.Parallel()
	statements := lex([]byte("'''\n\n'''\n\nx = (1,\n\n y)\nz\r\n"))
	last := statements[len(statements)-1]
	if last.line != 8 || last.tokens[0].text != "z" {
		t.Errorf("%+v", last)
	}
}

func FuzzLex(f *testing.F) {
	f.Add([]byte("app = Flask(__name__)\n"))
	f.Add([]byte("x = f'''{a[\"b\"]}''' \\\r\n  '\\"))
	f.Add([]byte("import os, sys as s\nfrom . import (a as b)\nasync def create_app(a=1, *, b): return FastAPI(\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		lines := strings.Count(string(src), "\n") + 1
		for _, st := range lex(src) {
			if len(st.tokens) == 0 {
				t.Fatal("an empty statement")
			}
			for _, x := range st.tokens {
				if x.line < 1 || x.line > lines {
					t.Fatalf("line %d of %d", x.line, lines)
				}
			}
		}
		parse("x.py", src)
		parseSetupPy(src)
	})
}

func FuzzRequirements(f *testing.F) {
	f.Add([]byte("flask==1 \\\n --hash=sha256:1 # c\n-r other.txt\n-e ./x[y]\ngit+https://h/x#egg=y&z\n"))
	f.Add([]byte("\xff\xfef\x00l\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, l := range requirementLines(decoded(data)) {
			if l.text == "" || l.line < 1 {
				t.Fatalf("%+v", l)
			}
			requirement(l.text)
			localDir("a", l.text)
			egg(l.text)
			option(l.text, "-r", "--requirement")
		}
	})
}
