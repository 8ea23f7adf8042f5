package python

import (
	"regexp"
	"strconv"
	"strings"
)

// constraint translates what Python projects write about versions (PEP 440
// specifiers, and Poetry's ^, ~ and |) into the syntax of npm, which the
// catalogue of stacks reads. False for what is neither.
func constraint(spec string) (string, bool) {
	var either []string
	for alternative := range strings.SplitSeq(strings.ReplaceAll(spec, "||", "|"), "|") {
		var all []string
		for clause := range strings.SplitSeq(alternative, ",") {
			// Poetry takes blanks for commas.
			for _, part := range clauses(clause) {
				text, ok := translate(part)
				if !ok {
					return "", false
				}
				if text != "" {
					all = append(all, text)
				}
			}
		}
		if len(all) == 0 {
			return "", strings.TrimSpace(strings.Trim(spec, "*, ")) == ""
		}
		either = append(either, strings.Join(all, " "))
	}
	return strings.Join(either, " || "), true
}

// clauses splits ">=3.9 <4" and keeps ">= 3.9" together.
func clauses(text string) []string {
	text = regexp.MustCompile(`([<>=!~^])\s+`).ReplaceAllString(strings.TrimSpace(text), "$1")
	return strings.Fields(text)
}

func translate(clause string) (string, bool) {
	m := regexp.MustCompile(`^(===|==|~=|!=|<=|>=|<|>|\^|~|=)?v?([0-9]+(?:\.[0-9]+)*)(\.\*)?(?:(?:a|b|rc|\.dev|\.post)[0-9]+)?(?:\+[a-z0-9.]+)?$`).FindStringSubmatch(clause)
	if m == nil {
		return "", clause == "*"
	}
	op, number, wild := m[1], short(m[2]), m[3] != ""
	switch op {
	case "~=":
		return compatible(number)
	case "", "=", "==", "===":
		if strings.Count(number, ".") < 2 {
			return number + ".x", true // 3.11 and 3.11.* are met by any patch
		}
		return number, true
	case "!=":
		if wild {
			return "!=" + number + ".x", true
		}
	}
	return op + number, !wild || op == "!=" || op == ">=" || op == "<"
}

// short drops the parts behind the third, which no release of Python has.
func short(number string) string {
	parts := strings.Split(number, ".")
	return strings.Join(parts[:min(3, len(parts))], ".")
}

// compatible is PEP 440's ~=: that or newer, in the release without its last
// part.
func compatible(number string) (string, bool) {
	parts := strings.Split(number, ".")
	if len(parts) < 2 {
		return "", false
	}
	above := parts[:len(parts)-1]
	last, err := strconv.Atoi(above[len(above)-1])
	if err != nil {
		return "", false
	}
	above[len(above)-1] = strconv.Itoa(last + 1)
	return ">=" + number + " <" + strings.Join(above, "."), true
}
