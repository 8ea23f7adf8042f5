const http = require("node:http");

const shells = require("/tmp/shells.json");

http.createServer((request, response) => response.end(`shells: ${shells.join(", ")}\n`)).listen(process.env.PORT || 3000);
