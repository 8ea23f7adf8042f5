package node //nolint:testpackage // what is read of a lockfile is nobody else's

import "testing"

func TestLockedOldWebpack(t *testing.T) {
	t.Parallel()
	for lock, want := range map[string]bool{
		"{\n \"packages\": {\n  \"node_modules/webpack\": {\n   \"version\": \"4.44.2\",":     true,
		"{\n \"packages\": {\n  \"node_modules/webpack\": {\n   \"version\": \"4.47.0\",":     false,
		"{\n \"dependencies\": {\n  \"webpack\": {\n   \"version\": \"4.44.2\",":              true,
		"{\n \"packages\": {\n  \"node_modules/webpack-cli\": {\n   \"version\": \"3.3.12\",": false,
		"webpack@4.44.2, webpack@^4.0.0:\n  version \"4.44.2\"\n":                             true,
		"webpack@^5.9.0:\n  version \"5.99.1\"\n":                                             false,
		"\"webpack@npm:^4.46.0\":\n  version: 4.46.0\n":                                       true,
		"packages:\n  /webpack/4.46.0:\n":                                                     true,
		"packages:\n  webpack@5.60.0(esbuild@0.1.0):\n":                                       true,
		"packages:\n  /webpack@5.91.0:\n":                                                     false,
		"  \"packages\": {\n    \"webpack\": [\"webpack@5.99.0\", \"\", {}]":                  false,
		"  \"packages\": {\n    \"webpack\": [\"webpack@4.30.0\", \"\", {}]":                  true,
		"\"peerDependencies\": {\n \"webpack\": \"^4.0.0 || ^5.0.0\"":                         false,
	} {
		if got := lockedOldWebpack([]byte(lock)); got != want {
			t.Errorf("%q: %t", lock, got)
		}
	}
}
