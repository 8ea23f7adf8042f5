package solve

import (
	"fmt"
	"regexp"
)

var (
	noProtocol = regexp.MustCompile(`^(\S+\.proto): File not found\.`)
	noPlugin   = regexp.MustCompile(`^(\S+): program not found or is not executable`)
	noGoName   = regexp.MustCompile(`unable to determine Go import path for "([^"]+)"`)
	noGrpcTool = regexp.MustCompile(`No module named '?grpc_tools`)
)

// hintProtoc says what the words of protoc and its plugins mean, in whatever
// language's build they are said; "" when nothing is known.
func hintProtoc(lines []string) string {
	for _, line := range lines {
		if m := noProtocol.FindStringSubmatch(line); m != nil {
			return fmt.Sprintf("protoc looks for %s where -I says, and it is not there: a protocol of somebody else (google/api and the like) is committed, for example below third_party, and its directory named by another -I", m[1])
		}
		if m := noPlugin.FindStringSubmatch(line); m != nil {
			return fmt.Sprintf("the plugin %s is not in the build: name it where the repository names its tools (Go: `go get -tool PACKAGE@VERSION`)", m[1])
		}
		if m := noGoName.FindStringSubmatch(line); m != nil {
			return fmt.Sprintf("%s does not say which Go package it is: write `option go_package = \"MODULE/DIRECTORY\";`", m[1])
		}
		if noGrpcTool.MatchString(line) {
			return "grpcio-tools is not installed: add it to the dependencies, or to those of developers, and to the lock file"
		}
	}
	return ""
}
