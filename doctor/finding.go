package doctor

import "fmt"

// OK is a finding that needs nothing.
func OK(format string, args ...any) Finding {
	return Finding{Status: StatusOK, Found: fmt.Sprintf(format, args...)}
}

// Warn is a finding that limits what builds can do; mend says how to lift it.
func Warn(mend, format string, args ...any) Finding {
	return Finding{Status: StatusWarn, Found: fmt.Sprintf(format, args...), Mend: mend}
}

// Fail is a finding that keeps builds from working or from being safe.
func Fail(mend, format string, args ...any) Finding {
	return Finding{Status: StatusFail, Found: fmt.Sprintf(format, args...), Mend: mend}
}

// Reach judges what a build step was seen to reach. target is what it tried,
// must tells whether it has to be reachable (a package registry) or must not
// be (an address of the host); evidence is what the step printed. mend is
// used when the two differ.
func Reach(target string, must, reached bool, evidence, mend string) Finding {
	switch {
	case must && reached:
		return OK("build steps reach %s", target)
	case must:
		return Fail(mend, "build steps do not reach %s: %s", target, evidence)
	case reached:
		return Fail(mend, "build steps reach %s, and must not: %s", target, evidence)
	default:
		return OK("build steps do not reach %s", target)
	}
}
