package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Serves what is for lunch, and the page that asks for it from its own resources. */
public final class Menu {
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/api/menu", e -> answer(e, 200, "soup".getBytes(StandardCharsets.UTF_8)));
    server.createContext("/", Menu::page);
    server.start();
  }

  private static void page(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String name = "/static" + (path.equals("/") ? "/index.html" : path);
    try (InputStream file = Menu.class.getResourceAsStream(name)) {
      answer(exchange, file == null ? 404 : 200, file == null ? new byte[0] : file.readAllBytes());
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
