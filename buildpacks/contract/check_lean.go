package contract

import (
	"slices"
	"strings"
)

// buildVariables reach packages; a program at run time has its own, from
// whoever runs it.
func buildVariables() []string {
	return []string{
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY",
		"GOPROXY", "GONOSUMDB", "GOINSECURE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_PROXY",
		"UV_INDEX_URL", "UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY", "NPM_CONFIG_CAFILE", "NODE_EXTRA_CA_CERTS",
		"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO", "CARGO_HTTP_PROXY",
	}
}

// checkLean looks at the environment; the layers are looked at as they are
// read.
func checkLean(s *subject) outcome {
	var o outcome
	for _, kv := range s.file.Config.Env {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" {
			continue
		}
		if slices.Contains(buildVariables(), strings.ToUpper(name)) {
			o.find(settingsHint, "the variable %s is a setting of the build", name)
		}
		for _, form := range secretForms {
			if form.file == "" && form.form.MatchString(value) {
				o.find(secretHint, "the variable %s contains %s", name, form.what)
			}
		}
	}
	return o
}
