import express from "express";
import { greeting } from "@greetings/words";

const app = express();
app.get("/", (request, response) => {
  response.send(greeting(String(request.query.name ?? "you")));
});
app.get("/healthz", (_, response) => {
  response.send("ok");
});
const server = app.listen(Number(process.env.PORT ?? 3000));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
