package com.example;

import io.javalin.Javalin;

/** A web service as Slipway's users write them: routes, a health path, PORT, logs, an orderly end. */
public final class App {
  private static final String GREETING = "hello from slipway";

  private App() {}

  public static void main(String[] args) {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    Javalin app =
        Javalin.create()
            .get("/", c -> c.result(GREETING + "\n"))
            .get("/healthz", c -> c.result("ok\n"))
            .start("0.0.0.0", port);
    Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
  }
}
