import fastify from "fastify";
import ms from "ms";

const app = fastify({ logger: true });
app.get("/", async () => ({ day: ms(86_400_000, { long: true }) }));
app.get("/healthz", async () => "ok");
app.listen({ port: Number(process.env.PORT ?? 3000), host: "0.0.0.0" });
process.on("SIGTERM", () => app.close().then(() => process.exit(0)));
