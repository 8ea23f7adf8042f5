import Fastify from 'fastify';
import { price } from './price.js';

const server = Fastify({ logger: true });

server.get('/', async () => ({ ink: price('ink') }));

await server.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' });
process.on('SIGTERM', () => void server.close());
