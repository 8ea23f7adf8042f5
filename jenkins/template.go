package jenkins

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"strings"

	"github.com/slipway-ci/slipway"
)

//go:embed follow.sh
var followStep string

// The job of a service. Elements and their order are those that the
// controllers write themselves, so that what was posted compares with what is
// there; XML 1.0 since a Hudson takes no other.
const (
	jobBegin = `<?xml version='1.0' encoding='UTF-8'?>
<project>
  <description>{{description}}</description>
  <keepDependencies>false</keepDependencies>
`
	hudsonRotation = `  <logRotator>
    <daysToKeep>30</daysToKeep>
    <numToKeep>100</numToKeep>
  </logRotator>
  <properties>
`
	jenkinsRotation = `  <properties>
    <jenkins.model.BuildDiscarderProperty>
      <strategy class="hudson.tasks.LogRotator">
        <daysToKeep>30</daysToKeep>
        <numToKeep>100</numToKeep>
        <artifactDaysToKeep>-1</artifactDaysToKeep>
        <artifactNumToKeep>-1</artifactNumToKeep>
      </strategy>
    </jenkins.model.BuildDiscarderProperty>
`
	jobEnd = `    <hudson.model.ParametersDefinitionProperty>
      <parameterDefinitions>
        <hudson.model.StringParameterDefinition>
          <name>SLIPWAY_BUILD_ID</name>
          <description>The build at Slipway that this one shows</description>
          <defaultValue></defaultValue>
        </hudson.model.StringParameterDefinition>
        <hudson.model.StringParameterDefinition>
          <name>SLIPWAY_URL</name>
          <description>Where Slipway is</description>
          <defaultValue></defaultValue>
        </hudson.model.StringParameterDefinition>
        <hudson.model.PasswordParameterDefinition>
          <name>SLIPWAY_TICKET</name>
          <description>Opens that one build</description>
        </hudson.model.PasswordParameterDefinition>
      </parameterDefinitions>
    </hudson.model.ParametersDefinitionProperty>
  </properties>
  <scm class="hudson.scm.NullSCM"/>
  <quietPeriod>0</quietPeriod>
  <canRoam>true</canRoam>
  <disabled>false</disabled>
  <concurrentBuild>true</concurrentBuild>
  <builders>
    <hudson.tasks.Shell>
      <command>{{step}}</command>
    </hudson.tasks.Shell>
  </builders>
  <publishers/>
  <buildWrappers/>
</project>
`
	externalJob = `<?xml version='1.0' encoding='UTF-8'?>
<hudson.model.ExternalJob>
  <description>{{description}}</description>
  <keepDependencies>false</keepDependencies>
  <properties/>
</hudson.model.ExternalJob>
`
)

// jobConfig is the config.xml of a service's job.
func jobConfig(service slipway.ServiceName, base string, mode slipway.ReportMode, hudson bool) []byte {
	text := jobBegin + jenkinsRotation + jobEnd
	switch {
	case mode == slipway.ReportsExternal:
		text = externalJob
	case hudson:
		text = jobBegin + hudsonRotation + jobEnd
	}
	description := Mark(service.Team, service.Name) + "\nShows the builds of " + service.String() + " at " + base
	return []byte(strings.NewReplacer("{{description}}", escaped(description), "{{step}}", escaped(followStep)).Replace(text))
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t", "&#34;", `"`, "&#39;", "'").Replace(b.String())
}

// jobName is the full name of a service's job. A Hudson has no folders.
func jobName(c slipway.Controller, service slipway.ServiceName, hudson bool) string {
	name := c.JobName(service)
	if hudson {
		return strings.ReplaceAll(name, "/", "-")
	}
	return name
}
