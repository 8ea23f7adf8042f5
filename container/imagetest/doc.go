// Package imagetest makes small images for tests: layers from maps of files,
// and a program that behaves well or badly as its arguments say.
package imagetest
