package adapters

import _ "embed"

//go:embed slipway.schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of slipway.yaml.
func Schema() []byte { return append([]byte(nil), schema...) }
