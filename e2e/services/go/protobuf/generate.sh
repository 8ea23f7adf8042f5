set -eu
bin=$(mktemp -d)
go build -trimpath -o "$bin/" google.golang.org/protobuf/cmd/protoc-gen-go
PATH=$bin:$PATH protoc --go_out=. --go_opt=module=example.com/orders proto/order.proto
