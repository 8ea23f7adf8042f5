const Hapi = require('@hapi/hapi');
const words = require('words');

const server = Hapi.server({ port: process.env.PORT, host: '0.0.0.0' });
server.route({ method: 'GET', path: '/', handler: () => words(60000) });
server.start();
process.on('SIGTERM', () => server.stop());
