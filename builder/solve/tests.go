package solve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"

	"github.com/slipway-ci/slipway"
)

// maxReports is the most bytes of test reports that leave the daemon: a suite
// of ten thousand tests writes about 3 MB.
const maxReports = 64 << 20

// testsError is the exit code of a service's own tests, which were run and
// did not pass.
type testsError struct {
	code    int
	counted Tests
}

func (e *testsError) Error() string { return fmt.Sprintf("the tests ended with exit code %d", e.code) }

// runTests runs the step of the plan's tests, hands out their reports also
// when they failed, and gives *testsError then.
func (r Request) runTests(ctx context.Context, gw gateway.Client, def *pb.Definition) error {
	res, err := gw.Solve(ctx, gateway.SolveRequest{Definition: def, Evaluate: true})
	if err != nil {
		return err
	}
	ref, err := res.SingleRef()
	if err != nil {
		return err
	}
	text, err := ref.ReadFile(ctx, gateway.ReadRequest{Filename: slipway.TestsExit})
	if err != nil {
		return fmt.Errorf("the tests' exit code: %w", err)
	}
	code, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("the tests' exit code: %w", err)
	}
	counted, err := r.handOut(ctx, ref)
	if err != nil {
		return err
	}
	if code != 0 {
		return &testsError{code, counted}
	}
	return nil
}

// handOut gives each report to r.Reports: files of the reports' directory,
// one level deep. It counts the tests in them.
func (r Request) handOut(ctx context.Context, ref gateway.Reference) (sum Tests, err error) {
	left := int64(maxReports)
	entries, err := ref.ReadDir(ctx, gateway.ReadDirRequest{Path: slipway.TestsReports, IncludePattern: "*.xml"})
	if err != nil {
		return sum, nil //nolint:nilerr // tests that leave no reports have no directory of them
	}
	for _, e := range entries {
		if !fs.FileMode(e.Mode).IsRegular() {
			continue
		}
		if left -= e.Size; left < 0 {
			return sum, slipway.Errorf(slipway.CodeLimit, "the test reports have more than %s", bytesText(maxReports)).WithClass(slipway.ClassLimit)
		}
		name := path.Base(e.Path)
		data, err := ref.ReadFile(ctx, gateway.ReadRequest{Filename: path.Join(slipway.TestsReports, name)})
		if err != nil {
			return sum, fmt.Errorf("the test report %s: %w", name, err)
		}
		sum = sum.Plus(CountTests(data))
		if r.Reports == nil {
			continue
		}
		if err := r.Reports(name, data); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// explainTests says that tests failed, with their last lines.
func explainTests(e *testsError, step string, f *follower) error {
	counts := ""
	if e.counted != (Tests{}) {
		counts = ": " + e.counted.String()
	}
	return slipway.Errorf(slipway.CodeFailed, "the tests ended with exit code %d%s", e.code, counts).WithClass(slipway.ClassCode).
		WithHint("mend what the lines above say; `tests:` in slipway.yaml says what is run").
		WithDetails(f.tail(step)...).Because(errors.New("no image was made"))
}
