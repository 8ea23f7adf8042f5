package jenkinstest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// config is a configuration as Jenkins keeps it, and what matters of it.
type config struct {
	text       string
	root       string
	parameters []parameter
	commands   []string // of shell steps
	disabled   bool
	label      string // that it is tied to
}

type parameter struct{ Class, Name, Default string }

// element is XML that was read.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Kids    []element  `xml:",any"`
}

func (e element) kid(name string) (element, bool) {
	i := slices.IndexFunc(e.Kids, func(k element) bool { return k.XMLName.Local == name })
	if i < 0 {
		return element{}, false
	}
	return e.Kids[i], true
}

func (e element) text(name string) string {
	kid, _ := e.kid(name)
	return kid.Text
}

// fields are what Jenkins writes of a freestyle project, in its order, with
// what it writes where nothing was said. "" is written only where it was.
func fields() [][2]string {
	return [][2]string{
		{"actions", "<actions/>"},
		{"description", ""},
		{"displayName", ""},
		{"keepDependencies", "<keepDependencies>false</keepDependencies>"},
		{"logRotator", ""},
		{"properties", "<properties/>"},
		{"scm", `<scm class="hudson.scm.NullSCM"/>`},
		{"quietPeriod", ""},
		{"assignedNode", ""},
		{"canRoam", "<canRoam>true</canRoam>"},
		{"disabled", "<disabled>false</disabled>"},
		{"blockBuildWhenDownstreamBuilding", "<blockBuildWhenDownstreamBuilding>false</blockBuildWhenDownstreamBuilding>"},
		{"blockBuildWhenUpstreamBuilding", "<blockBuildWhenUpstreamBuilding>false</blockBuildWhenUpstreamBuilding>"},
		{"triggers", "<triggers/>"},
		{"concurrentBuild", "<concurrentBuild>false</concurrentBuild>"},
		{"builders", "<builders/>"},
		{"publishers", "<publishers/>"},
		{"buildWrappers", "<buildWrappers/>"},
	}
}

// rewrite makes of a configuration what Jenkins makes of it: XML 1.1, the
// fields of a project in its own order and with its own defaults, unknown ones
// lost, a plugin's version at each of its elements.
func rewrite(given []byte) (config, error) {
	if i := bytes.Index(given, []byte("?>")); i >= 0 && bytes.HasPrefix(bytes.TrimSpace(given), []byte("<?xml")) {
		given = given[i+2:]
	}
	var root element
	d := xml.NewDecoder(bytes.NewReader(given))
	if err := d.Decode(&root); err != nil {
		return config{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) && err != nil {
		return config{}, err
	}
	c := config{root: root.XMLName.Local}
	var out strings.Builder
	out.WriteString("<?xml version='1.1' encoding='UTF-8'?>\n")
	switch c.root {
	case "project":
		c.read(root)
		out.WriteString("<project>\n")
		for _, f := range fields() {
			if kid, ok := root.kid(f[0]); ok {
				write(&out, kid, 1)
			} else if f[1] != "" {
				out.WriteString("  " + f[1] + "\n")
			}
		}
		out.WriteString("</project>")
	case folderClass, externalClass, pipelineClass:
		write(&out, root, 0)
	default:
		return config{}, fmt.Errorf("com.thoughtworks.xstream.mapper.CannotResolveClassException: %s", c.root)
	}
	c.text = out.String()
	return c, nil
}

func (c *config) read(root element) {
	c.disabled = strings.TrimSpace(root.text("disabled")) == "true"
	c.label = strings.TrimSpace(root.text("assignedNode"))
	properties, _ := root.kid("properties")
	property, _ := properties.kid("hudson.model.ParametersDefinitionProperty")
	definitions, _ := property.kid("parameterDefinitions")
	for _, d := range definitions.Kids {
		c.parameters = append(c.parameters, parameter{strings.TrimPrefix(d.XMLName.Local, "hudson.model."), d.text("name"), d.text("defaultValue")})
	}
	builders, _ := root.kid("builders")
	for _, b := range builders.Kids {
		if b.XMLName.Local == "hudson.tasks.Shell" {
			c.commands = append(c.commands, b.text("command"))
		}
	}
}

func write(out *strings.Builder, e element, depth int) {
	indent := strings.Repeat("  ", depth)
	out.WriteString(indent + "<" + e.XMLName.Local)
	for _, a := range e.Attrs {
		if a.Name.Local != "plugin" {
			fmt.Fprintf(out, ` %s="%s"`, a.Name.Local, escape(a.Value))
		}
	}
	if strings.Contains(e.XMLName.Local, ".plugins.") {
		out.WriteString(` plugin="some@1.23"`)
	}
	if e.XMLName.Local == "hudson.tasks.Shell" {
		if _, ok := e.kid("configuredLocalRules"); !ok {
			e.Kids = append(e.Kids, element{XMLName: xml.Name{Local: "configuredLocalRules"}})
		}
	}
	switch {
	case len(e.Kids) > 0:
		out.WriteString(">\n")
		for _, k := range e.Kids {
			write(out, k, depth+1)
		}
		out.WriteString(indent + "</" + e.XMLName.Local + ">\n")
	case e.Text == "":
		out.WriteString("/>\n")
	default:
		out.WriteString(">" + escape(e.Text) + "</" + e.XMLName.Local + ">\n")
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#xd;").Replace(s)
}
