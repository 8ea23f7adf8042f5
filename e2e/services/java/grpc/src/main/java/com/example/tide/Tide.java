package com.example.tide;

import com.example.tide.proto.NextReply;
import com.example.tide.proto.NextRequest;
import com.example.tide.proto.TidesGrpc;
import com.google.protobuf.Timestamp;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Tells the next tide: over gRPC inside, over HTTP to everybody. */
public final class Tide extends TidesGrpc.TidesImplBase {
    private Tide() {
    }

    @Override
    public void next(NextRequest request, StreamObserver<NextReply> to) {
        to.onNext(NextReply.newBuilder().setHarbour(request.getHarbour())
                .setAt(Timestamp.newBuilder().setSeconds(1_700_000_000L)).build());
        to.onCompleted();
    }

    /** Listens on PORT. */
    public static void main(String[] args) throws Exception {
        Server inside = ServerBuilder.forPort(0).addService(new Tide()).build().start();
        TidesGrpc.TidesBlockingStub tides = TidesGrpc.newBlockingStub(
                ManagedChannelBuilder.forAddress("127.0.0.1", inside.getPort()).usePlaintext().build());
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", exchange -> {
            NextReply next = tides.next(NextRequest.newBuilder().setHarbour("Oban").build());
            byte[] text = (next.getHarbour() + " " + Instant.ofEpochSecond(next.getAt().getSeconds()) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }
}
