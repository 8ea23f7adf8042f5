import { serve } from "@hono/node-server";
import { metres } from "@measures/units";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (c) => c.text(metres(3)));
app.get("/healthz", (c) => c.text("ok"));
const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
process.on("SIGTERM", () => server.close(() => process.exit(0)));
