package repo_test

import (
	"testing"

	"github.com/slipway-ci/slipway/adapters/repo"
)

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1": true, "localhost": true, "localhost:": true, "127.0.0.1:8080": true, "127.0.0.1:%d": true, "localhost:{}": true, "::1": true, "[::1]:8080": true,
		"": false, "0.0.0.0:8080": false, ":8080": false, "localhost:8080/path": false, "localhost.example.com": false, "127.0.0.1.nip.io:80": false, "http://localhost:80": false,
	} {
		if got := repo.IsLoopback(address); got != want {
			t.Errorf("IsLoopback(%q) = %t", address, got)
		}
	}
}
