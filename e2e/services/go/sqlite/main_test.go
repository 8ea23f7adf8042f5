package main

import "testing"

func TestVersion(t *testing.T) { main() }
