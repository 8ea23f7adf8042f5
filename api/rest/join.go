package rest

// Joining is what a worker on another machine needs to know to take part. An
// address without a host is at the server's.
type Joining struct {
	Queue    string            `json:"queue"`    // nats:// or tls://; of a cluster several, with commas between them
	Registry string            `json:"registry"` // http:// or https://
	User     string            `json:"user"`     // of the registry
	Password string            `json:"password"`
	Stacks   map[string]string `json:"stacks"` // digests of the stack images there are, by name

	// Who the worker is to a cluster that others run; "" is its name and its
	// token, which the server's own queue knows it by.
	QueueUser     string `json:"queueUser,omitempty"`
	QueuePassword string `json:"queuePassword,omitempty"`
}
