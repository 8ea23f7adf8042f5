import Koa from 'koa';
import { money } from '@shop/money';

const app = new Koa();
app.use((ctx) => { ctx.body = money(1250); });
const server = app.listen(Number(process.env.PORT ?? 3000));
process.on('SIGTERM', () => server.close());
