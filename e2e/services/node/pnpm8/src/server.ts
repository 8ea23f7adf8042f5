import { createServer } from 'node:http';
import ms from 'ms';

createServer((request, response) => {
  response.end(request.url === '/healthz' ? 'ok' : `the kettle boils in ${ms(180_000)}`);
}).listen(process.env.PORT);
