package client

import "io"

// Read hands on what a stream of events says.
func Read(r io.Reader, to Reader) error {
	f := &follower{client: &Client{}, to: to}
	return events(r, func() {}, f.hand)
}
