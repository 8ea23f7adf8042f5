// A web service as Slipway's users write them: a router, a health path, PORT,
// logs on stdout, and an orderly end on SIGTERM.
const express = require("express");

const greeting = "hello from slipway";

const app = express();
app.get("/", (_request, response) => response.send(`${greeting}\n`));
app.get("/healthz", (_request, response) => response.send("ok\n"));

const port = process.env.PORT || 8080;
const server = app.listen(port, () => console.log("listening", port));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
