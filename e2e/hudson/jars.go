package hudson

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Jars has make/jars.sh of the repository at root fetch what is missing, and
// gives the directory for [Config.Jars].
func Jars(ctx context.Context, root string) (string, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(root, "make", "jars.sh"), filepath.Join(root, "e2e", "hudson", "jars.txt")).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("fetching Hudson: %w\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return filepath.Dir(lines[len(lines)-1]), nil
}
