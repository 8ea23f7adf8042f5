package jenkins

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/bndr/gojenkins"

	"github.com/slipway-ci/slipway"
)

// The requester below gojenkins. An answer is never nil, since the library
// looks at its status before it looks at the error.
var _ gojenkins.JenkinsRequester = (*requester)(nil)

const (
	formKind = "application/x-www-form-urlencoded"
	xmlKind  = "application/xml; charset=utf-8"
)

// fewFields is what a read asks for that would ask for everything.
const fewFields = "_class,name,fullName,url,inQueue,number,building,result,property[parameterDefinitions[name,type]],jobs[_class,name,url]"

// GetJSON reads JSON into response.
func (r *requester) GetJSON(ctx context.Context, endpoint string, response any, query map[string]string) (*http.Response, error) {
	values := valuesOf(query)
	if values.Get("tree") == "" {
		values = url.Values{"tree": {fewFields}}
	}
	return r.read(ctx, endpoint+"/api/json", response, values, maxJSON)
}

// GetXML reads text into a *string.
func (r *requester) GetXML(ctx context.Context, endpoint string, response any, query map[string]string) (*http.Response, error) {
	return r.read(ctx, endpoint, response, valuesOf(query), maxConfig)
}

// Get is GetXML.
func (r *requester) Get(ctx context.Context, endpoint string, response any, query map[string]string) (*http.Response, error) {
	return r.read(ctx, endpoint, response, valuesOf(query), maxConfig)
}

func (r *requester) read(ctx context.Context, path string, into any, query url.Values, most int64) (*http.Response, error) {
	a, err := r.get(ctx, path, query, most)
	if err == nil {
		err = r.decode(path, a, into, false)
	}
	return a.response(), err
}

// Post sends a form.
func (r *requester) Post(ctx context.Context, endpoint string, payload io.Reader, response any, query map[string]string) (*http.Response, error) {
	return r.write(ctx, call{path: endpoint, kind: formKind, query: valuesOf(query), most: maxJSON}, payload, response)
}

// PostJSON is Post to the API of what is named.
func (r *requester) PostJSON(ctx context.Context, endpoint string, payload io.Reader, response any, query map[string]string) (*http.Response, error) {
	return r.Post(ctx, endpoint+"/api/json", payload, response, query)
}

// PostXML sends a configuration.
func (r *requester) PostXML(ctx context.Context, endpoint, xml string, response any, query map[string]string) (*http.Response, error) {
	a, err := r.post(ctx, call{path: endpoint, kind: xmlKind, query: valuesOf(query), body: []byte(xml), most: maxJSON})
	if err == nil {
		err = r.decode(endpoint, a, response, true)
	}
	return a.response(), err
}

// PostFiles is refused: nothing here has files for Jenkins.
func (r *requester) PostFiles(_ context.Context, endpoint string, _ io.Reader, _ any, _ map[string]string, _ []string) (*http.Response, error) {
	return answer{}.response(), slipway.Errorf(slipway.CodeInternal, "files are not sent to the Jenkins at %s (%s)", r.at, endpoint)
}

func (r *requester) write(ctx context.Context, c call, payload io.Reader, into any) (*http.Response, error) {
	if payload != nil {
		body, err := io.ReadAll(io.LimitReader(payload, maxJSON))
		if err != nil {
			return answer{}.response(), err
		}
		c.body = body
	}
	a, err := r.post(ctx, c)
	if err == nil {
		err = r.decode(c.path, a, into, true)
	}
	return a.response(), err
}

// response gives the library an answer that was read already.
func (a answer) response() *http.Response {
	header := a.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: header, Body: http.NoBody}
}

func valuesOf(query map[string]string) url.Values {
	values := url.Values{}
	for name, value := range query {
		values.Set(name, value)
	}
	return values
}
