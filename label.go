package slipway

// ContractVersion is the version of the uniform image contract that this
// release builds to and checks for.
const ContractVersion = "1"

// Labels of the uniform image contract. The first group is OCI's own
// (image-spec annotations), the second Slipway's.
const (
	LabelTitle      = "org.opencontainers.image.title"
	LabelSource     = "org.opencontainers.image.source"
	LabelRevision   = "org.opencontainers.image.revision"
	LabelVersion    = "org.opencontainers.image.version"
	LabelCreated    = "org.opencontainers.image.created"
	LabelBaseName   = "org.opencontainers.image.base.name"
	LabelBaseDigest = "org.opencontainers.image.base.digest"

	LabelService  = "slipway.service"  // team/name
	LabelKind     = "slipway.kind"     // web, worker or task
	LabelStack    = "slipway.stack"    // the Stack's name
	LabelPlan     = "slipway.plan"     // digest of the Plan
	LabelContract = "slipway.contract" // ContractVersion
	LabelHealth   = "slipway.health"   // web: the path that answers 2xx when the service is well; worker: a command, exec form in JSON
	LabelRelease  = "slipway.release"  // command that runs once before a release starts, exec form in JSON
	LabelKey      = "slipway.key"      // the BuildKey of the content image
)
