package java

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const gradleWrapperProperties = "gradle/wrapper/gradle-wrapper.properties"

// distribution is the Gradle that the wrapper's properties name.
type distribution struct {
	said           // its version
	address string // URL, or a file relative to where Gradle is started
	sum     string // SHA-256, hex; "" when nobody says it
}

// gradleWrapper notes which Gradle the build was written for. Unlike Maven's,
// Gradle's versions do not read one another's scripts: it is fetched, unless
// the stack has the same. The wrapper itself, a program of the repository's,
// is not run, so it need not be there.
func (p *planner) gradleWrapper(root string) error {
	file := path.Join(root, gradleWrapperProperties)
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return err
	}
	values := properties(string(data))
	address := values["distributionUrl"]
	if address.value == "" {
		p.note(slipway.Evidence{File: file, Found: "no distributionUrl", Means: "built with the Gradle of the stack", Knob: "`gradle wrapper` writes it"})
		return nil
	}
	d := distribution{
		said:    said{value: gradleVersion(address.value), file: file, line: address.line, found: path.Base(address.value)},
		address: address.value,
		sum:     strings.ToLower(values["distributionSha256Sum"].value),
	}
	if err := p.mayFetch(root, &d); err != nil {
		return err
	}
	p.build.wrapper = d
	p.noteDistribution(d)
	return nil
}

// mayFetch refuses what a step could not or should not fetch: a file that is
// not there, an address with a password in it, and a program that comes
// without TLS and that nothing vouches for.
func (p *planner) mayFetch(root string, d *distribution) error {
	invalid := func(hint, format string, args ...any) error {
		return slipway.Errorf(slipway.CodeInvalid, d.where()+": "+format, args...).WithHint("%s", hint).WithClass(slipway.ClassCode)
	}
	if d.sum != "" && !isSum(d.sum) {
		return invalid("`gradle wrapper --gradle-distribution-sha256-sum` writes it", "distributionSha256Sum is no SHA-256: %.80q", d.sum)
	}
	scheme, host := schemeAndHost(d.address)
	switch {
	case scheme == "":
		file := path.Join(root, path.Dir(gradleWrapperProperties), d.address)
		if !inside(path.Join(root, "gradle"), file) || !repo.IsFile(p.Tree, file) {
			return invalid("give the https URL of a distribution, or commit the file below gradle/", "distributionUrl names %s, which is not there", repo.Quote(file))
		}
		d.address = below(root, file)
	case strings.Contains(host, "@"):
		return invalid("take it out; a login stands in the netrc file of the machine that builds", "distributionUrl has a login in it")
	case scheme == "http" && d.sum == "":
		return invalid("give distributionSha256Sum, or the https URL", "distributionUrl fetches a program without TLS, and without a checksum nobody knows which")
	case scheme != "http" && scheme != "https" || host == "":
		return invalid("give the https URL of a distribution", "a build cannot fetch %.80q", d.address)
	}
	return nil
}

func (p *planner) noteDistribution(d distribution) {
	from := "which is committed"
	_, host := schemeAndHost(d.address)
	if host != "" {
		from = "fetched from " + host + " unless the stack has it"
	}
	means := "built with Gradle " + d.value + ", " + from
	knob := "delete the file to build with the Gradle of the stack"
	switch {
	case d.sum != "":
		means += ", and checked against distributionSha256Sum"
	case host != "":
		means += "; nothing checks what comes from there"
		knob = "distributionSha256Sum=HEX beside distributionUrl; " + knob
		p.build.unlocked = true
	}
	p.note(slipway.Evidence{File: d.file, Line: d.line, Found: d.found, Means: means, Knob: knob})
}

var addressForm = regexp.MustCompile(`^([A-Za-z][\w+.-]*):(?://([^/?#]*))?`)

// schemeAndHost are what an address begins with; the host may have a login in
// front and a port behind. Both are "" of a file's name.
func schemeAndHost(address string) (scheme, host string) {
	m := addressForm.FindStringSubmatch(address)
	if m == nil {
		return "", ""
	}
	return strings.ToLower(m[1]), m[2]
}

// gradleVersion is VERSION of ".../gradle-VERSION-bin.zip"; the file's name
// when it is called otherwise.
func gradleVersion(address string) string {
	name := strings.TrimSuffix(address[strings.LastIndex(address, "/")+1:], ".zip")
	if _, version, ok := strings.Cut(name, "gradle-"); ok && version != "" {
		name = version
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, "-bin"), "-all")
}

func isSum(text string) bool {
	const hexOfSHA256 = 64
	return len(text) == hexOfSHA256 && strings.Trim(text, "0123456789abcdef") == ""
}

// properties reads a file of Java's properties as far as people and `gradle
// wrapper` write them: a key and a value on a line, with : and = escaped.
func properties(text string) map[string]said {
	values := map[string]said{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		at := strings.IndexAny(line, "=: \t")
		if at <= 0 || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
			continue
		}
		value := strings.TrimSpace(strings.TrimLeft(line[at:], "=: \t"))
		values[line[:at]] = said{value: strings.NewReplacer(`\\`, `\`, `\`, "").Replace(value), line: n}
	}
	return values
}
