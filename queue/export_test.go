package queue

import "github.com/nats-io/nats.go"

// Conn is the connection, for a test that is the other side itself.
func (l *Link) Conn() *nats.Conn { return l.nc }

// Conn is the connection, for a test that asks what it serves.
func (c *Control) Conn() *nats.Conn { return c.link.nc }
