package com.example.harbour;

import io.javalin.Javalin;
import java.util.Map;

/** Tells which ships lie in the harbour. */
public final class Harbour {

    private static final Map<String, Integer> SHIPS = Map.of("Gull", 1, "Tern", 2);

    private Harbour() {
    }

    public static void main(String[] args) {
        Javalin.create(config -> config.showJavalinBanner = false)
            .get("/", ctx -> ctx.result("ships in the harbour: " + SHIPS.size()))
            .get("/ships/{name}", ctx -> {
                Integer berth = SHIPS.get(ctx.pathParam("name"));
                ctx.status(berth == null ? 404 : 200).result("berth " + berth);
            })
            .start(Integer.parseInt(System.getenv("PORT")));
    }
}
