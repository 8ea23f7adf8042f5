package contract

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
)

func checkKind(s *subject) outcome {
	var o outcome
	switch s.kind() {
	case slipway.KindWeb:
		checkWeb(s, &o)
	case slipway.KindWorker:
		if s.label(slipway.LabelHealth) == "" && s.file.Config.Healthcheck == nil {
			o.note("the worker names no health command")
		}
		checkCommand(s, &o, slipway.LabelHealth)
	case slipway.KindTask:
	default:
		o.find("label the image with "+slipway.LabelKind+"=web, worker or task", "the label %s is %q", slipway.LabelKind, s.label(slipway.LabelKind))
	}
	checkCommand(s, &o, slipway.LabelRelease)
	return o
}

// checkCommand sees that a label that is there is a command in exec form.
func checkCommand(s *subject, o *outcome, name string) {
	value := s.label(name)
	if value == "" {
		return
	}
	var words []string
	if err := json.Unmarshal([]byte(value), &words); err != nil || len(words) == 0 || words[0] == "" {
		o.find(`write it in exec form, a list of words in JSON: ["/app/cart", "--check"]`, "the label %s is %q, which is not a command", name, value)
	}
}

func checkWeb(s *subject, o *outcome) {
	value, _ := s.env("PORT")
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil || port == 0 {
		o.find("set ENV PORT="+strconv.Itoa(Port)+" and let the program listen there", "PORT is %q, which is not a port", value)
	} else if !s.exposes(value) {
		o.find("write EXPOSE "+value, "port %s is not exposed", value)
	}
	if health := s.label(slipway.LabelHealth); !strings.HasPrefix(health, "/") {
		o.find("label the image with the path that answers 2xx when the service is well", "the label %s is %q, which is not a path", slipway.LabelHealth, health)
	}
}

// exposes: TCP is what a port without a protocol means (image-spec,
// config.md).
func (s *subject) exposes(port string) bool {
	_, plain := s.file.Config.ExposedPorts[port]
	_, tcp := s.file.Config.ExposedPorts[port+"/tcp"]
	return plain || tcp
}
