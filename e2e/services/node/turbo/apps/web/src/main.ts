import { prices } from "@market/prices";
import fastify from "fastify";

const app = fastify();
app.get("/", async () => prices);
app.get("/healthz", async () => "ok");
await app.listen({ port: Number(process.env.PORT ?? 3000), host: "0.0.0.0" });
process.on("SIGTERM", () => app.close().then(() => process.exit(0)));
