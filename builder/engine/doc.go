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
//
// # Limits
//
// A solver limits the memory and the CPU of one step with
// llb.WithLinuxResources, which is in no cache key: a step that takes more
// memory is killed, and its solve fails with exit status 137 in a
// *gatewaypb.ExitError. BuildKit has no setting for the number of processes of
// one step; Limits.Processes bounds that of all steps together. Without root
// BuildKit v0.34.2 sets no control group at all (util/rootless/specconv), so
// neither limit holds there.
//
// # What the gate cannot know
//
// An address outside that leads back to the host, as a router's forwarding
// does, looks like any other. Names are resolved by the host: a build can send
// bytes to whoever runs the name servers of a domain that it makes up.
package engine
