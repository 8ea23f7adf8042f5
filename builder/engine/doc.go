// Package engine runs our own BuildKit daemon, sealed: a child process in PID,
// mount and network namespaces of its own, whose network has a loopback device
// and nothing else.
//
// The only way out is the [Gate], an HTTP proxy that lives in this process and
// answers on a TCP socket that was created inside the sealed network. The gate
// looks at every address that it is about to connect to, so a build step
// reaches neither the host, nor its networks, nor a cloud's metadata service,
// whatever name or notation it uses. There is no virtual device, no address
// translation and no packet filter, so nothing that a firewall's restart could
// undo, and nothing that needs more privilege for root than for a plain user.
//
// The daemon and every build step are processes of one PID namespace. Its first
// process is this program again (see [Init]); when that one ends, by whatever
// cause, the kernel ends all the others.
package engine
