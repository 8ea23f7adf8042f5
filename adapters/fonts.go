package adapters

import (
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// How programs draw letters with the fonts of the system: charts and
// spreadsheets of Java, pictures of sharp, Pillow's fonts by their names.
// Libraries that bring fonts along are not among them.
var (
	drawnByJava = regexp.MustCompile(`\bimport\s+(?:static\s+)?(?:java\.awt\.(?:Font|FontMetrics|Graphics|Graphics2D|font\.|\*)|org\.jfree\.chart\.|net\.sf\.jasperreports\.|org\.apache\.batik\.|com\.google\.code\.kaptcha\.)` +
		`|\.(?:autoSizeColumn|trackAllColumnsForAutoSizing)\(|\bnew SXSSFWorkbook\(`)
	drawnByNode   = regexp.MustCompile(`(?s)\bsharp\(.*(?:<text\b|\btext\s*:\s*\{)|<text\b.*\bsharp\(`)
	drawnByPython = regexp.MustCompile(`\bImageFont\.truetype\(\s*["']DejaVu\w*(?:-\w+)?\.ttf["']`)
)

// draws is what shows that a program of a language draws letters, nil for
// languages in which none is known to.
func draws(language slipway.Language) *regexp.Regexp {
	switch language {
	case slipway.LanguageJava:
		return drawnByJava
	case slipway.LanguageNode:
		return drawnByNode
	case slipway.LanguagePython:
		return drawnByPython
	default:
		return nil
	}
}

// withFonts gives the image fonts, which no run image has, where the program
// draws with those of the system: a picture without letters, or an exception
// at the first one, is all that anybody would see.
func withFonts(plan slipway.Plan, sources func() []source) slipway.Plan {
	re := draws(plan.Language)
	if re == nil || plan.Dockerfile != nil || plan.Base == "web" {
		return plan
	}
	var why *slipway.Evidence
	for _, f := range sources() {
		if m := re.FindStringIndex(f.text); m != nil {
			line, _, _ := strings.Cut(strings.TrimSpace(f.text[m[0]:m[1]]), "\n")
			why = &slipway.Evidence{File: f.file, Line: 1 + strings.Count(f.text[:m[0]], "\n"), Found: line[:min(len(line), 80)]}
			break
		}
	}
	if why == nil {
		return plan
	}
	names := []string{"fontconfig", "fonts-dejavu-core"}
	why.Means, why.Knob = "draws with the system's fonts: the Debian packages "+strings.Join(names, ", ")+" are in the image", "packages: {run: [fonts-liberation]} in slipway.yaml adds others"
	plan = debian.AddRun(plan, names)
	plan.Evidence = append(plan.Evidence, *why)
	return plan
}
