// Package greeting is shared by the services of the workspace.
package greeting

// To gives a greeting.
func To(name string) string { return "hello " + name + " from a workspace" }
