import { createServer } from 'node:http';
import { price } from '@till/prices';

createServer((request, response) => {
  response.end(request.url === '/healthz' ? 'ok' : `tea ${price('tea')}`);
}).listen(process.env.PORT);
