package builder

import (
	"context"
	"slices"

	"github.com/slipway-ci/slipway"
)

// parts gives the stack the build images of the plan's parts, and the plan
// their names: they are in the build key with it.
func (b *Builder) parts(ctx context.Context, plan slipway.Plan, stack slipway.Stack) (slipway.Plan, slipway.Stack, error) {
	plan.Parts = slices.Clone(plan.Parts)
	for i, part := range plan.Parts {
		found, version, err := b.Stacks.Resolve(ctx, part.Asks())
		if err != nil {
			return plan, stack, err
		}
		stack.Parts = append(stack.Parts, slipway.StackPart{Language: part.Language, Build: found.Build, Seeds: found.Seeds})
		plan.Parts[i].Version, plan.Parts[i].Build = version, found.Build.String()
	}
	return plan, stack, nil
}
