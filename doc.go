// Package slipway is the domain: the nouns of a build service, their rules
// and their names. It knows no technology; every folder beside it wraps one
// and speaks in these nouns. ARCHITECTURE.md has the map.
package slipway
