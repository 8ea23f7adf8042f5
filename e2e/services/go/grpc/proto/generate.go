// Package proto holds the protocols; the code is in internal/clockpb.
package proto

//go:generate protoc --go_out=.. --go_opt=module=example.com/clock --go-grpc_out=.. --go-grpc_opt=module=example.com/clock clock.proto
