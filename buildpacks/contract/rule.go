package contract

// Name of a rule; it is in every message about it.
type Name string

// The rules' names.
const (
	RuleBase    Name = "base"
	RuleLayers  Name = "layers"
	RuleLean    Name = "lean"
	RuleUser    Name = "user"
	RuleStart   Name = "start"
	RuleKind    Name = "kind"
	RuleConfig  Name = "config"
	RuleLogs    Name = "logs"
	RuleLabels  Name = "labels"
	RuleSize    Name = "size"
	RuleStartUp Name = "start-up"
)

// Rule is one demand of the contract.
type Rule struct {
	Name Name   `json:"name"`
	Says string `json:"says"`
	Runs bool   `json:"runs"` // part of it, or all, can only be seen while the image runs

	static func(*subject) outcome // nil: all of it needs the image to run
}

// Rules gives the contract, in the order in which it is reported.
func Rules() []Rule {
	return []Rule{
		{RuleBase, "stands on the stack's run image, named by digest", false, checkBase},
		{RuleLayers, "has at most three layers above the run image, of plain files within the root", false, checkLayers},
		{RuleLean, "holds nothing that the program does not need to run", false, checkLean},
		{RuleUser, "runs as any numeric user but root, from files that it cannot change", true, checkUser},
		{RuleStart, "starts in exec form under a static init, and ends on SIGTERM", true, checkStart},
		{RuleKind, "says whether it is a web service, a worker or a task, and lives like one", true, checkKind},
		{RuleConfig, "is configured by its environment, with nothing of a host in it", false, checkConfig},
		{RuleLogs, "logs to stdout and stderr only", true, checkLogs},
		{RuleLabels, "carries the labels that say what it is and where it is from", false, checkLabels},
		{RuleSize, "keeps to the size that the stack allows above the run image", false, checkSize},
		{RuleStartUp, "answers, or is at work, in time on empty volumes", true, nil},
	}
}

// Static tells whether an image can be held against the rule, or a part of
// it, without being run.
func (r Rule) Static() bool { return r.static != nil }
