package dockerfile

import (
	"bytes"
	"strconv"
	"strings"
)

// expose is the first port that a stage exposes, 0 for none, and its line.
type expose struct{ port, line int }

// stage is what is read of a stage of a Dockerfile.
type stage struct {
	name string
	expose
}

// exposed gives what the stage exposes that becomes the image: the target,
// else the last. Ports that are variables, and those of the images that it
// stands on, are not seen here: it explains, and builds nothing.
func exposed(file []byte, target string) expose {
	stages := []stage{{}}
	for i, line := range bytes.Split(file, []byte("\n")) {
		words := strings.Fields(string(line))
		if len(words) < 2 {
			continue
		}
		last := &stages[len(stages)-1]
		switch strings.ToUpper(words[0]) {
		case "FROM":
			stages = append(stages, stage{name: words[len(words)-1]})
		case "EXPOSE":
			if port := portOf(words[1]); last.port == 0 && port != 0 {
				last.expose = expose{port, i + 1}
			}
		}
	}
	for i := len(stages) - 1; i > 0 && target != ""; i-- {
		if strings.EqualFold(stages[i].name, target) {
			return stages[i].expose
		}
	}
	return stages[len(stages)-1].expose
}

func portOf(word string) int {
	number, protocol, _ := strings.Cut(word, "/")
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil || protocol != "" && !strings.EqualFold(protocol, "tcp") {
		return 0
	}
	return int(port)
}
