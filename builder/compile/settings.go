package compile

import (
	"github.com/moby/buildkit/client/llb"

	"github.com/slipway-ci/slipway"
)

// Ids of the secrets that carry an organisation's settings into a step that
// reaches package registries. Their contents are in no cache key and no
// layer; a secret that is not given is not mounted.
const (
	secretCA    = "slipway.ca"
	secretGoEnv = "slipway.go.env"
	secretNetrc = "slipway.netrc"
	secretApt   = "slipway.apt.conf"
	secretDebs  = "slipway.apt.sources"
)

// bundle is the build image's own list of certificates.
const bundle = "/etc/ssl/certs/ca-certificates.crt"

// Settings gives every tool's settings to a step, always all of them:
// which are filled in must not change the definition.
func Settings() []llb.RunOption {
	file := func(id, target string) llb.RunOption {
		return llb.AddSecret(target, llb.SecretID(id), llb.SecretFileOpt(0, 0, 0o400), llb.SecretOptional)
	}
	opts := []llb.RunOption{
		// Without the recording proxy the step needs the organisation's own
		// bundle; with it BuildKit mounts its CA into the system bundle, and
		// this secret must stay unset or it would hide that.
		file(secretCA, bundle),
		file(secretGoEnv, "/run/slipway/go.env"),
		file(secretNetrc, "/root/.netrc"),
		file(secretApt, aptConfPath),
		file(secretDebs, aptSourcesPath),
		llb.AddEnv("APT_CONFIG", aptConfPath),
	}
	for _, tool := range slipway.Tools() {
		opts = append(opts, file(secretTool(tool), tool.SettingsPath()))
	}
	// One bundle for all: the organisation's or the proxy's, where it is.
	for _, name := range []string{
		"SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS",
		"PIP_CERT", "REQUESTS_CA_BUNDLE", "CARGO_HTTP_CAINFO",
	} {
		opts = append(opts, llb.AddEnv(name, bundle))
	}
	return append(opts,
		llb.AddEnv("NPM_CONFIG_USERCONFIG", slipway.ToolNpm.SettingsPath()),
		llb.AddEnv("PIP_CONFIG_FILE", slipway.ToolPip.SettingsPath()))
}

func secretTool(t slipway.Tool) string { return "slipway.tool." + string(t) }

// Secrets are the secret files of the settings, by id, for steps in a build
// image. proxied tells that they run behind the recording proxy, which does
// the trusting for them.
func Secrets(s slipway.Settings, build slipway.StackImage, proxied bool) map[string][]byte {
	secrets := map[string][]byte{}
	if len(s.CA) > 0 && !proxied {
		secrets[secretCA] = s.CA
	}
	if len(s.Go) > 0 {
		secrets[secretGoEnv] = goEnv(s.Go)
	}
	if len(s.Netrc) > 0 {
		secrets[secretNetrc] = s.Netrc
	}
	if s.Debian.URL != "" {
		secrets[secretApt], secrets[secretDebs] = aptConf(), aptSources(s.Debian, suiteOf(build.Name))
	}
	for tool, content := range s.Tools {
		if len(content) > 0 {
			secrets[secretTool(tool)] = content
		}
	}
	return secrets
}
