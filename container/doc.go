// Package container runs one image on this machine: with runc, without a
// daemon, and without a way out. The root file system is read-only, volumes
// are empty directories, the network is a loopback of its own; nobody needs
// an address of the host for it, because requests are made by entering that
// network (Dial), and Publish forwards a loopback port of the host to it.
//
// Nothing outlives its Container: runc is the first process of a process
// namespace that the kernel ends when this process dies, however it dies.
// The files of a killed process are removed by the next Start with the same
// directory.
package container
