package rest

// Joining is what a worker on another machine needs to know to take part. An
// address without a host is at the server's.
type Joining struct {
	Queue    string            `json:"queue"`    // nats:// or tls://
	Registry string            `json:"registry"` // http:// or https://
	User     string            `json:"user"`     // of the registry
	Password string            `json:"password"`
	Stacks   map[string]string `json:"stacks"` // digests of the stack images there are, by name
}
