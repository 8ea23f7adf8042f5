package assemble

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-ci/slipway"
)

// packagesName is what the cache calls a job's Debian packages.
func packagesName(j job) string { return j.target.Suite + "-" + strings.Join(j.packages, "+") }

// packagesOf gives the directories with the packages of images, as far as the
// cache has them.
func (c cache) packagesOf(jobs []job) []string {
	var dirs []string
	for _, j := range jobs {
		dir := filepath.Join(c.dir, packagesName(j))
		if info, err := os.Stat(dir); err == nil && info.IsDir() && len(j.packages) > 0 {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// fetchPackages downloads a job's Debian packages, and those they depend on
// that neither the base nor the directories of there have, into dir. This
// machine's apt does it with a root of its own: nothing is installed here, no
// privilege is needed, and what is trusted are the keys that the verified base
// brought along.
func (f fetcher) fetchPackages(ctx context.Context, j job, base string, there []string, dir string) error {
	step := "packages of " + j.name()
	conf, err := f.privateApt(ctx, j.target.Suite, base)
	if err != nil {
		return err
	}
	status, err := f.status(ctx, step, base, there)
	if err != nil {
		return err
	}
	if err := f.update(ctx, step, conf); err != nil {
		return err
	}
	install := command{step: step, program: "apt-get", args: append([]string{
		"-qq", "-c", conf, "-o", "Dir::Cache::archives=" + dir, "-o", "Dir::State::status=" + status,
		"install", "--yes", "--download-only", "--no-install-recommends",
	}, j.packages...)}
	if _, err := install.run(ctx, f.log); err != nil {
		return err
	}
	for _, leftover := range []string{"lock", "partial"} {
		if err := os.RemoveAll(filepath.Join(dir, leftover)); err != nil {
			return err
		}
	}
	return nil
}

// update fetches a suite's lists, once: its packages are fetched one after
// another, from the lists of one moment.
func (f fetcher) update(ctx context.Context, step, conf string) error {
	updated := filepath.Join(filepath.Dir(conf), "updated")
	if existing(updated) != "" {
		return nil
	}
	c := command{step: step, program: "apt-get", args: []string{"-qq", "-c", conf, "update", "-o", "APT::Update::Error-Mode=any"}}
	if _, err := c.run(ctx, f.log); err != nil {
		return err
	}
	return os.WriteFile(updated, nil, 0o600)
}

// status writes the dpkg status of a base with the packages of directories
// installed, and gives its path.
func (f fetcher) status(ctx context.Context, step, base string, there []string) (string, error) {
	text, err := os.ReadFile(filepath.Join(base, baseStatus))
	if err != nil {
		return "", err
	}
	for _, dir := range there {
		debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
		if err != nil {
			return "", err
		}
		for _, deb := range debs {
			c := command{step: step, program: "dpkg-deb", args: []string{"--field", deb}}
			stanza, err := c.run(ctx, f.log)
			if err != nil {
				return "", err
			}
			text = fmt.Appendf(text, "\nStatus: install ok installed\n%s\n", bytes.TrimSpace(stanza))
		}
	}
	// A directory of its own: apt locks it, and another suite's may be at work.
	dir, err := os.MkdirTemp(f.scratch, "dpkg-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, baseStatus)
	return path, os.WriteFile(path, text, 0o600) //nolint:gosec // in a directory that was made here
}

// privateApt writes the configuration of an apt that knows the base instead
// of this machine.
func (f fetcher) privateApt(ctx context.Context, suite, base string) (string, error) {
	network, err := aptNetwork(ctx, f.log, f.settings, f.public)
	if err != nil {
		return "", err
	}
	m := f.mirror()
	if m.URL == "" {
		if m, err = usedMirror(base); err != nil {
			return "", err
		}
	}
	apt := filepath.Join(f.scratch, "apt-"+suite)
	for _, d := range []string{"lists/partial", "cache", "none"} {
		if err := os.MkdirAll(filepath.Join(apt, d), 0o700); err != nil {
			return "", err
		}
	}
	list := filepath.Join(apt, "sources.list")
	if err := os.WriteFile(list, sourcesList(m, suite, ""), 0o600); err != nil {
		return "", err
	}
	var b strings.Builder
	content, err := os.ReadFile(network)
	if err != nil {
		return "", err
	}
	b.Write(content)
	for _, setting := range [][2]string{
		{"APT::Architecture", "amd64"},
		{"APT::Sandbox::User", "root"},
		{"Acquire::Languages", "none"},
		{"Dir::State::lists", filepath.Join(apt, "lists")},
		{"Dir::State::status", filepath.Join(base, baseStatus)},
		{"Dir::State::extended_states", filepath.Join(apt, "extended_states")},
		{"Dir::Cache", filepath.Join(apt, "cache")},
		{"Dir::Etc::sourcelist", list},
		{"Dir::Etc::sourceparts", filepath.Join(apt, "none")},
		{"Dir::Etc::preferences", filepath.Join(apt, "none", "preferences")},
		{"Dir::Etc::preferencesparts", filepath.Join(apt, "none")},
		{"Dir::Etc::trusted", filepath.Join(apt, "none", "trusted.gpg")},
		{"Dir::Etc::trustedparts", filepath.Join(base, baseKeys)},
	} {
		fmt.Fprintf(&b, "%s %s;\n", setting[0], aptQuote(setting[1]))
	}
	b.WriteString("#clear APT::Architectures;\n#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n#clear DPkg::Post-Invoke;\n")
	conf := filepath.Join(apt, "apt.conf")
	return conf, os.WriteFile(conf, []byte(b.String()), 0o600)
}

// usedMirror gives where mmdebstrap got a base from when the choice was its.
func usedMirror(base string) (slipway.DebianMirror, error) {
	path := filepath.Join(base, baseSources)
	data, err := os.ReadFile(path)
	if err != nil {
		return slipway.DebianMirror{}, err
	}
	var m slipway.DebianMirror
	for _, a := range parseSources(false, data) {
		security := strings.HasSuffix(a.Suite, "-security")
		switch {
		case security && m.Security == "":
			m.Security = a.URL
		case !security && m.URL == "":
			m.URL = a.URL
		}
	}
	if m.URL == "" {
		return m, slipway.Errorf(slipway.CodeUnavailable, "the base at %s does not say which mirror it came from", base).
			WithHint("set the Debian mirror, or remove that directory")
	}
	return m, nil
}
