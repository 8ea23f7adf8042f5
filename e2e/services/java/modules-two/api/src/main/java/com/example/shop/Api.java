package com.example.shop;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Tells prices over HTTP. */
public class Api {

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            byte[] prices = Prices.all().getBytes();
            exchange.sendResponseHeaders(200, prices.length);
            exchange.getResponseBody().write(prices);
            exchange.close();
        });
        server.start();
    }
}
