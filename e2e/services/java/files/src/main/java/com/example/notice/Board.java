package com.example.notice;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Shows the notice that its first word names. */
public class Board {
    public static void main(String[] args) throws Exception {
        byte[] notice = Files.readAllBytes(Path.of("notices/" + args[0] + ".txt"));
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, notice.length);
            exchange.getResponseBody().write(notice);
            exchange.close();
        });
        server.start();
    }
}
