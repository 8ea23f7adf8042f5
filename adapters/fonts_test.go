package adapters_test

import (
	"slices"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// What draws letters gets fonts, and what does not goes without.
func TestPlan_givesFontsToWhatDraws(t *testing.T) {
	t.Parallel()
	pom := "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>x</artifactId><version>1</version></project>"
	java := func(text string) map[string]string {
		return map[string]string{"pom.xml": pom, "src/main/java/x/App.java": "package x;\n" + text + "\nclass App { public static void main(String[] a) {} }\n"}
	}
	node := func(text string) map[string]string {
		return map[string]string{"package.json": `{"name":"x","scripts":{"start":"node server.js"}}`, "server.js": text}
	}
	python := func(text string) map[string]string {
		return map[string]string{"requirements.txt": "pillow\n", "main.py": text}
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"charts of Java":       {java("import org.jfree.chart.ChartFactory;"), true},
		"Java's own":           {java("import java.awt.Graphics2D;"), true},
		"spreadsheets":         {java("class S { void x(Sheet s) { s.autoSizeColumn(0); } }"), true},
		"a colour of Java":     {java("import java.awt.Color;"), false},
		"letters by sharp":     {node("sharp(Buffer.from('<svg><text x=\"5\">hi</text></svg>')).png()\n"), true},
		"letters for sharp":    {node("const svg = `<svg><text>hi</text></svg>`\nawait sharp(Buffer.from(svg)).png()\n"), true},
		"photographs by sharp": {node("sharp(file).resize(100).toFile(to)\n"), false},
		"a font by its name":   {python("from PIL import ImageFont\nImageFont.truetype(\"DejaVuSans.ttf\", 20)\n"), true},
		"a font of its own":    {python("from PIL import ImageFont\nImageFont.truetype(\"fonts/house.ttf\", 20)\n"), false},
	} {
		plan, err := adapters.Plan(adapters.Request{Tree: tree(tt.files)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := slices.ContainsFunc(plan.Steps, func(s slipway.Step) bool { return slices.Contains(s.Args, "fonts-dejavu-core") })
		if got != tt.want {
			t.Errorf("%s: fonts in the image: %v, want %v", name, got, tt.want)
		}
	}
}
