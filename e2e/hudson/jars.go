package hudson

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Jars has make/hudson.sh of the repository at root fetch what is missing, and
// gives the directory for [Config.Jars].
func Jars(ctx context.Context, root string) (string, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(root, "make", "hudson.sh")).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("fetching Hudson: %w\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}
