// Command courier is one of the workspace's services.
package main

import "example.com/works/lib"

func main() { lib.Serve("the courier answers") }
