import { nanoid } from "nanoid";
import { welcome } from "./welcome";

const server = Bun.serve({
  port: Number(Bun.env.PORT ?? 3000),
  routes: {
    "/": new Response(welcome("bun")),
    "/healthz": new Response("ok"),
    "/new": () => new Response(nanoid()),
  },
});
console.log(`listening on ${server.port}`);
process.on("SIGTERM", () => server.stop().then(() => process.exit(0)));
