package jenkins_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/jenkins"
)

const gitSCM = `<scm class="hudson.plugins.git.GitSCM" plugin="git@5.2.1">
  <configVersion>2</configVersion>
  <userRemoteConfigs>
    <hudson.plugins.git.UserRemoteConfig><url>ssh://git@forge.example/shop/cart.git</url><credentialsId>k</credentialsId></hudson.plugins.git.UserRemoteConfig>
  </userRemoteConfigs>
  <branches><hudson.plugins.git.BranchSpec><name>*/main</name></hudson.plugins.git.BranchSpec></branches>
</scm>`

func TestSourceOf(t *testing.T) {
	t.Parallel()
	const cart = "ssh://git@forge.example/shop/cart.git"
	for name, c := range map[string]struct {
		config string
		want   jenkins.Source
	}{
		"freestyle": {`<?xml version='1.1' encoding='UTF-8'?><project>` + gitSCM + `<builders/></project>`, jenkins.Source{Kind: "freestyle", URL: cart, Branch: "main"}},
		"pipeline": {
			`<flow-definition plugin="workflow-job@1"><definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition">` + gitSCM + `<scriptPath>services/cart/Jenkinsfile</scriptPath></definition></flow-definition>`,
			jenkins.Source{Kind: "pipeline", URL: cart, Branch: "main", Path: "services/cart"},
		},
		"maven": {`<maven2-moduleset>` + gitSCM + `<rootPOM>server/pom.xml</rootPOM></maven2-moduleset>`, jenkins.Source{Kind: "maven", URL: cart, Branch: "main", Path: "server"}},
		"multibranch": {
			`<org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject><sources class="x"><data><jenkins.branch.BranchSource><source class="jenkins.plugins.git.GitSCMSource"><remote>https://forge.example/shop/cart.git</remote></source></jenkins.branch.BranchSource></data></sources><factory><scriptPath>Jenkinsfile</scriptPath></factory></org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject>`,
			jenkins.Source{Kind: "multibranch", URL: "https://forge.example/shop/cart.git"},
		},
		"GitHub": {
			`<org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject><source class="org.jenkinsci.plugins.github_branch_source.GitHubSCMSource"><repoOwner>shop</repoOwner><repository>cart</repository></source></org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject>`,
			jenkins.Source{Kind: "multibranch", URL: "https://github.com/shop/cart.git"},
		},
		"two branches": {
			`<project><scm class="hudson.plugins.git.GitSCM"><userRemoteConfigs><hudson.plugins.git.UserRemoteConfig><url>` + cart + `</url></hudson.plugins.git.UserRemoteConfig></userRemoteConfigs><branches><hudson.plugins.git.BranchSpec><name>a</name></hudson.plugins.git.BranchSpec><hudson.plugins.git.BranchSpec><name>b</name></hudson.plugins.git.BranchSpec></branches></scm></project>`,
			jenkins.Source{Kind: "freestyle", URL: cart},
		},
		"a variable for a branch": {strings.Replace(`<project>`+gitSCM+`</project>`, "*/main", "$BRANCH*", 1), jenkins.Source{Kind: "freestyle", URL: cart}},
		"out of the repository":   {`<maven2-moduleset>` + gitSCM + `<rootPOM>../other/pom.xml</rootPOM></maven2-moduleset>`, jenkins.Source{Kind: "maven", URL: cart, Branch: "main"}},
		"subversion":              {`<project><scm class="hudson.scm.SubversionSCM"/></project>`, jenkins.Source{Kind: "freestyle", Why: "its sources are not in git but in SubversionSCM"}},
		"a script": {
			`<flow-definition><definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition"><script>node { sh 'make' }</script></definition></flow-definition>`,
			jenkins.Source{Kind: "pipeline", Why: "its pipeline is written into the job, and names no repository there"},
		},
		"nothing": {`<project><scm class="hudson.scm.NullSCM"/></project>`, jenkins.Source{Kind: "freestyle", Why: "it names no repository"}},
		"unknown": {`<com.example.Job/>`, jenkins.Source{Kind: "com.example.Job", Why: "it names no repository"}},
	} {
		got, err := jenkins.SourceOf([]byte(c.config))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	if _, err := jenkins.SourceOf([]byte("<html>not a job")); slipway.ErrorCode(err) != slipway.CodeInvalid {
		t.Errorf("HTML gives %v", err)
	}
}

func FuzzSourceOf(f *testing.F) {
	f.Add([]byte(`<project>` + gitSCM + `</project>`))
	f.Add([]byte(`<flow-definition><definition>` + gitSCM + `<scriptPath>a/b</scriptPath></definition></flow-definition>`))
	f.Fuzz(func(t *testing.T, config []byte) {
		s, err := jenkins.SourceOf(config)
		if err == nil && (s.URL == "" && s.Why == "" || strings.HasPrefix(s.Path, "..") || strings.HasPrefix(s.Path, "/")) {
			t.Errorf("%q gives %+v", config, s)
		}
	})
}
