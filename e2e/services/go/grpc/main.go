// Command clock tells the time of a harbour: over gRPC inside, over HTTP to
// everybody. The code of the protocol is generated in the build.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"

	"example.com/clock/internal/clockpb"
)

type clock struct{ clockpb.UnimplementedClockServer }

func (clock) Tell(_ context.Context, r *clockpb.TellRequest) (*clockpb.TellReply, error) {
	return &clockpb.TellReply{Harbour: r.GetHarbour(), At: timestamppb.New(time.Unix(0, 0))}, nil
}

func main() {
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	clockpb.RegisterClockServer(server, clock{})
	go func() { log.Fatal(server.Serve(inside)) }()
	conn, err := grpc.NewClient(inside.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	client := clockpb.NewClockClient(conn)
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		reply, err := client.Tell(r.Context(), &clockpb.TellRequest{Harbour: "Oban"})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintf(w, "%s, %s\n", reply.GetHarbour(), reply.GetAt().AsTime().Format(time.DateOnly))
	})
	go func() { log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil)) }()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
}
