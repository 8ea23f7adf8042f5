package com.example.ferry;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;

/** Tells when the ferry leaves. */
public class MainVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        router.get("/").handler(ctx -> ctx.response().end("the ferry leaves at noon\n"));
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8888"));
        return vertx.createHttpServer().requestHandler(router).listen(port);
    }
}
