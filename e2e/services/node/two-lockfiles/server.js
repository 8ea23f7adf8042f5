const http = require('node:http');
const ms = require('ms');

const server = http.createServer((req, res) => res.end(`votes for ${ms(120000)}\n`));
server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());
