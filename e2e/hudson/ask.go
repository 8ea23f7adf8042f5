package hudson

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// Answer is what Hudson said.
type Answer struct {
	Status int
	Header http.Header
	Text   string
}

// Ask sends a request as [User]. A body that begins with "<" is XML, another
// one a form. No redirect is followed: Hudson answers with one where it has
// done what it was asked.
func (s *Server) Ask(ctx context.Context, method, path, body string) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	r.SetBasicAuth(User, Token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(body, "<") {
		r.Header.Set("Content-Type", "application/xml")
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	return Answer{Status: answer.StatusCode, Header: answer.Header, Text: string(text)}, err
}

// FreestyleJob is the configuration of a job with one shell step. Its
// parameters are text; those whose names end with TOKEN are passwords.
func FreestyleJob(script string, parameters ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n<project>\n")
	if len(parameters) > 0 {
		b.WriteString("  <properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>\n")
	}
	for _, name := range parameters {
		kind := "hudson.model.StringParameterDefinition"
		if strings.HasSuffix(name, "TOKEN") {
			kind = "hudson.model.PasswordParameterDefinition"
		}
		b.WriteString("    <" + kind + "><name>" + name + "</name><defaultValue/></" + kind + ">\n")
	}
	if len(parameters) > 0 {
		b.WriteString("  </parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties>\n")
	}
	command, _ := escaped(script) // a builder takes everything
	b.WriteString("  <concurrentBuild>true</concurrentBuild>\n  <builders><hudson.tasks.Shell><command>" + command +
		"</command></hudson.tasks.Shell></builders>\n  <publishers/>\n  <buildWrappers/>\n</project>\n")
	return b.String()
}
