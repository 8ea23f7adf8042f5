package com.example.fat;

import com.google.gson.JsonArray;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Answers with where its library was loaded from. */
public class Fat {

    public static void main(String[] args) throws IOException {
        byte[] from = JsonArray.class.getProtectionDomain().getCodeSource().getLocation().toString().getBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, from.length);
            exchange.getResponseBody().write(from);
            exchange.close();
        });
        server.start();
    }
}
