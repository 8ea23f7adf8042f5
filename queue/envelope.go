package queue

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/slipway-ci/slipway"
)

// envelope is around every message. Fields that are not known are passed
// over, both ways, so that releases which are one apart understand each
// other; what is further apart says so.
type envelope struct {
	Protocol int              `json:"protocol"`
	Body     json.RawMessage  `json:"body,omitempty"`    // of a request
	Result   json.RawMessage  `json:"result,omitempty"`  // of an answer
	Problem  *slipway.Problem `json:"problem,omitempty"` // of an answer
}

// seal makes a request. Data comes behind the envelope's line as it is: in
// JSON it would be a third longer, and read four times.
func seal(body any, data ...byte) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(envelope{Protocol: slipway.Protocol, Body: raw})
	if err != nil || len(data) == 0 {
		return line, err
	}
	return slices.Concat(line, []byte{'\n'}, data), nil
}

// unseal reads a request, and gives the data behind it when its verb has some.
func unseal(verb string, message []byte) (e envelope, data []byte, err error) {
	if verb == verbChunk {
		message, data, _ = bytes.Cut(message, []byte{'\n'})
	}
	e, err = open(message)
	return e, data, err
}

// answer makes the answer to a request.
func answer(result any, problem error) []byte {
	e := envelope{Protocol: slipway.Protocol, Problem: slipway.ProblemOf(problem)}
	if problem == nil {
		raw, err := json.Marshal(result)
		if err != nil {
			e.Problem = slipway.ProblemOf(err)
		}
		e.Result = raw
	}
	data, err := json.Marshal(e)
	if err != nil { // of a RawMessage that was just made, and texts
		return nil
	}
	return data
}

// open reads an envelope of the other side. What cannot be read is
// CodeInvalid, a protocol that is too far from ours CodeUsage.
func open(data []byte) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return envelope{}, slipway.Errorf(slipway.CodeInvalid, "a message is not one of Slipway's").Because(err)
	}
	if d := e.Protocol - slipway.Protocol; d < -1 || d > 1 {
		return envelope{}, slipway.Errorf(slipway.CodeUsage, "the other side speaks protocol %d, this one %d", e.Protocol, slipway.Protocol).
			WithHint("control planes and workers may be one release apart: update the older one")
	}
	return e, nil
}

// read reads what is in a message.
func read[T any](raw json.RawMessage) (v T, err error) {
	if len(raw) == 0 {
		return v, nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, slipway.Errorf(slipway.CodeInvalid, "a message does not say what it should").Because(err)
	}
	return v, nil
}
