package com.example.greet;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/** Greets on every path. */
public final class Greet {

    private Greet() {
    }

    public static void main(String... args) throws IOException {
        Properties words = new Properties();
        try (var in = Greet.class.getResourceAsStream("/words.properties")) {
            words.load(in);
        }
        byte[] answer = new Gson().toJson(Map.of("greeting", words.getProperty("greeting"))).getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }
}
